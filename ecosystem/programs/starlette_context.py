"""The request's context, with one middleware class outside and the other in a mounted application."""

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette_context import context, plugins
from starlette_context.middleware import ContextMiddleware, RawContextMiddleware

chosen = (plugins.RequestIdPlugin(), plugins.CorrelationIdPlugin(), plugins.UserAgentPlugin())
router = APIRouter()


def user_agent():
    return context.get("User-Agent")


def answer(agent):
    context["seen"] = True
    return {**context.data, "agent": agent}


@router.get("/")
async def root(agent=Depends(user_agent)):
    return answer(agent)


@router.get("/plain")
def plain(agent=Depends(user_agent)):
    return answer(agent)


class OutsideRaw(ContextMiddleware):
    """Leaves the mounted application to its own middleware."""

    async def dispatch(self, request: Request, call_next):
        if request.url.path.startswith("/raw"):
            return await call_next(request)
        return await super().dispatch(request, call_next)


raw = FastAPI()
raw.add_middleware(RawContextMiddleware, plugins=chosen)
raw.include_router(router)

app = FastAPI()
app.add_middleware(OutsideRaw, plugins=chosen)
app.include_router(router)
app.mount("/raw", raw)
