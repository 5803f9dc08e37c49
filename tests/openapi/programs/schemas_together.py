"""This program describes models once for both directions."""

from pydantic import BaseModel, Field, computed_field

from zonda import Zonda

app = Zonda(separate_input_output_schemas=False)


class Item(BaseModel):
    name: str
    tags: list[str] = Field(default_factory=list)
    parent: "Item | None" = None


class Sized(BaseModel):
    item: Item
    width: int

    @computed_field
    def double(self) -> int:
        return self.width * 2


@app.post("/items")
def items(item: Item) -> list[Item]: ...


@app.post("/sized")
def sized(value: Sized) -> Sized: ...
