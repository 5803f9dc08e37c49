"""Objects from an injector, some of them the same within a request."""

from fastapi import FastAPI
from fastapi_injector import Injected, InjectorMiddleware, attach_injector, request_scope
from injector import Injector


class Session:
    made = 0

    def __init__(self) -> None:
        Session.made += 1
        self.number = Session.made


app = FastAPI()
injector = Injector()
injector.binder.bind(Session, to=Session, scope=request_scope)
app.add_middleware(InjectorMiddleware, injector=injector)
attach_injector(app, injector)


@app.get("/injected")
async def injected(session: Session = Injected(Session), again: Session = Injected(Session)):
    return {"number": session.number, "same": session is again}
