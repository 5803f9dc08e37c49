"""An interface of Gradio in an application."""

import os

os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False"}

import gradio
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/{number}")
async def api(number: int):
    return number


def greet(name: str) -> str:
    return f"Hello {name}"


interface = gradio.Interface(greet, "text", "text", api_name="greet")
app = gradio.mount_gradio_app(app, interface, path="/gradio")
