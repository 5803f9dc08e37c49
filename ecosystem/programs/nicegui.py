"""Pages of NiceGUI in an application."""

from fastapi import FastAPI
from nicegui import app as gui
from nicegui import ui

app = FastAPI()


@app.get("/api/{number}")
async def api(number: int):
    return number


@ui.page("/show/{name}")
def show(name: str, times: int = 1):
    for _ in range(times):
        ui.label(f"Hello {name}")


@gui.get("/of_the_gui/{number}")
def of_the_gui(number: int):
    return number


ui.run_with(app, mount_path="/gui", storage_secret="not secret")
