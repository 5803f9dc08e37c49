"""A GraphQL application, mounted and called by routes."""

from ariadne import QueryType, SubscriptionType, make_executable_schema
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLTransportWSHandler
from fastapi import FastAPI, Request, WebSocket

query, subscription = QueryType(), SubscriptionType()


@query.field("hello")
async def hello(_, info, name="World"):
    return f"Hello {name} on {info.context['request'].url.path}"


@subscription.source("count")
async def numbers(_, info, to):
    for number in range(to):
        yield number


@subscription.field("count")
def count(number, info, to):
    return number


definitions = "type Query { hello(name: String): String! } type Subscription { count(to: Int!): Int! }"
graphql = GraphQL(
    make_executable_schema(definitions, query, subscription), websocket_handler=GraphQLTransportWSHandler()
)
app = FastAPI()
app.mount("/mounted", graphql)


@app.post("/graphql")
async def post(request: Request):
    return await graphql.handle_request(request)


@app.websocket("/ws")
async def subscribe(websocket: WebSocket):
    await graphql.handle_websocket(websocket)
