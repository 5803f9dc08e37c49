"""Objects from a container, one of them the same within a request."""

from fastapi import FastAPI, Request
from lagom import Container
from lagom.integrations.fast_api import FastApiIntegration


class Session:
    def __init__(self, request: Request) -> None:
        self.path = request.url.path


class Service:
    def __init__(self, session: Session) -> None:
        self.session = session


app = FastAPI()
deps = FastApiIntegration(Container(), request_singletons=[Session])


@app.get("/injected/{number}")
async def injected(number: int, service: Service = deps.depends(Service), session: Session = deps.depends(Session)):
    return {"path": service.session.path, "same": service.session is session, "number": number}
