"""This package has one module for each subject: the request, the answer, and each Python framework's application.

A function is named after the contender that it makes an application for, and imports that framework only.
"""
