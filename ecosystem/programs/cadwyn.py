"""Two versions of an API, the older one made from the newer."""

from datetime import date

from cadwyn import (
    Cadwyn,
    RequestInfo,
    ResponseInfo,
    Version,
    VersionBundle,
    VersionChange,
    VersionedAPIRouter,
    convert_request_to_next_version_for,
    convert_response_to_previous_version_for,
    endpoint,
    schema,
)
from fastapi import Depends
from pydantic import BaseModel


class UserCreate(BaseModel):
    addresses: list[str]


class UserRead(UserCreate):
    id: int
    caller: str


def caller(name: str = "nobody") -> str:
    return name


router = VersionedAPIRouter(prefix="/users")
users: list[UserRead] = []


@router.post("", response_model=UserRead)
async def create_user(payload: UserCreate, caller: str = Depends(caller)):
    users.append(UserRead(id=len(users), caller=caller, **payload.model_dump()))
    return users[-1]


@router.get("/{user_id}", response_model=UserRead)
def read_user(user_id: int):
    return users[user_id]


@router.delete("/{user_id}")
async def delete_user(user_id: int):
    return user_id


class ChangeAddressToList(VersionChange):
    description = "A user has several addresses, and cannot be deleted in the first version"
    instructions_to_migrate_to_previous_version = (
        schema(UserCreate).field("addresses").didnt_exist,
        schema(UserCreate).field("address").existed_as(type=str),
        endpoint("/users/{user_id}", ["DELETE"]).didnt_exist,
    )

    @convert_request_to_next_version_for(UserCreate)
    def change_address_to_list(request: RequestInfo):
        request.body["addresses"] = [request.body.pop("address")]

    @convert_response_to_previous_version_for(UserRead)
    def change_addresses_to_single_item(response: ResponseInfo):
        response.body["address"] = response.body.pop("addresses")[0]


app = Cadwyn(
    versions=VersionBundle(Version(date(2024, 1, 1), ChangeAddressToList), Version(date(2023, 1, 1))),
    title="Users",
)
app.generate_and_include_versioned_routers(router)
