"""This program says everything that an application can say about itself."""

from zonda import Zonda

app = Zonda(
    title="Harbour",
    summary="Berths and tides",
    description="Where ships **lie**.",
    version="2.1.0",
    terms_of_service="https://harbour.example/terms",
    contact={
        "name": "Harbour master",
        "url": "https://harbour.example",
        "email": "master@harbour.example",
        "x-room": 4,
    },
    license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
    servers=[
        {"url": "https://{region}.harbour.example", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}},
        {"url": "/staging", "description": "Staging"},
    ],
    openapi_tags=[
        {"name": "berths", "description": "Places", "externalDocs": {"url": "https://harbour.example/berths"}},
        {"name": "tides"},
    ],
    openapi_external_docs={"url": "https://docs.harbour.example", "description": "The handbook"},
    root_path_in_servers=False,
)


@app.get("/berths", tags=["berths", "tides"], summary="All berths", operation_id="listBerths", deprecated=True)
def list_berths() -> list[str]:
    """
    Every berth, **free or not**.

    - in the order of the quay
    \f
    Nobody but us reads this.
    """
    return []


@app.get("/tides/{day}", tags=["tides"], description="High water", response_description="The times")
def tides(day: int) -> dict[str, float]:
    return {}


@app.get("/hidden", include_in_schema=False)
def hidden() -> None: ...
