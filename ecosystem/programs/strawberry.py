"""A GraphQL router with a context that depends on a header, a mutation and a subscription."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import strawberry
from fastapi import Depends, FastAPI, Header
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info


def language(accept_language: Annotated[str, Header()] = "en") -> str:
    return accept_language


async def context(language: Annotated[str, Depends(language)]):
    return {"language": language}


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, info: Info, name: str = "World") -> str:
        return {"en": "Hello", "de": "Hallo"}[info.context["language"]] + f" {name}"

    @strawberry.field
    def path(self, info: Info) -> str:
        return info.context["request"].url.path


@strawberry.type
class Mutation:
    @strawberry.mutation
    def mark(self, info: Info, value: str) -> str:
        info.context["response"].headers["x-mark"] = value
        return value


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, target: int = 3) -> AsyncIterator[int]:
        for number in range(target):
            yield number
            await asyncio.sleep(0)


schema = strawberry.Schema(Query, Mutation, Subscription)
app = FastAPI()
app.include_router(GraphQLRouter(schema, context_getter=context), prefix="/graphql")
