"""This package holds applications whose documents were recorded from FastAPI: see `record.py`.

Each module has one `app`, and imports only names that FastAPI has too.
"""
