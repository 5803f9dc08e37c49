"""The emitter: names, text of users, pages in tracebacks."""

from __future__ import annotations

import asyncio
import gc
import inspect
import linecache
import traceback
from types import FunctionType
from typing import Any

from zonda.compiler.source import Source


def returning(expression: str, title: str = "test") -> Source:
    source = Source("answer(question)", title)
    source.line(f"return {expression}")
    return source


def answer(function: FunctionType, question: Any = None) -> Any:
    return asyncio.run(function(question))


def test_blocks_indent() -> None:
    """What is written inside a block is indented under its head, and a comment opens a paragraph."""
    source = Source("answer(question)", "test")
    with source.block("if question"):
        source.comment("Yes.")
        source.line("return 1")
    source.comment("No.")
    source.line("return 0")

    assert source.text().splitlines() == [
        "async def answer(question):",
        "    # test",
        "    if question:",
        "        # Yes.",
        "        return 1",
        "",
        "    # No.",
        "    return 0",
    ]
    assert answer(source.compile(), True) == 1


def test_names_are_kept_apart() -> None:
    """A name that is taken, reserved or no identifier is given another, as near to it as can be."""
    source = Source("answer(question)", "test")

    names = [source.name("item"), source.name("item", "shop_item"), source.name("item"), source.name("item")]

    assert names == ["item", "shop_item", "item_2", "item_3"]
    assert source.name("question") == "question_2"
    assert source.name("class") == "class_2"
    assert source.name("id") == "id"
    assert source.name("it's").isidentifier()


def test_one_object_has_one_name() -> None:
    """An object that is bound twice under one hint is bound once; another one gets a name of its own."""
    source = Source("answer(question)", "test")
    first, second = object(), object()

    assert source.bind("thing", first) == source.bind("thing", first) == "thing"
    assert source.bind("thing", second) == "thing_2"
    assert source.bound == {"thing": first, "thing_2": second}


def test_equal_text_is_compiled_once() -> None:
    """Functions of equal shape share their code, and yet call what each of them has bound."""
    functions = []
    for number in (1, 2):
        source = Source("answer(question)", f"GET /shared/{number}")
        source.line(f"return {source.bind('number', number)}")
        functions.append(source.compile())

    first, second = functions
    assert first.__code__.replace(co_filename=second.__code__.co_filename) == second.__code__
    assert [answer(first), answer(second)] == [1, 2]


def test_page_is_visible() -> None:
    """`inspect.getsource` gives the page, and a traceback shows the line that failed."""
    function = returning("1 / 0", "GET /visible/{item_id}").compile()

    assert (
        inspect.getsource(function) == "async def answer(question):\n    # GET /visible/{item_id}\n    return 1 / 0\n"
    )
    try:
        answer(function)
    except ZeroDivisionError as error:
        shown = "".join(traceback.format_exception(error))
    assert 'File "<GET /visible/{item_id}>", line 3, in answer\n    return 1 / 0' in shown


def test_pages_of_one_title_are_kept_apart() -> None:
    """Two applications may have different routes of one path: each traceback shows the right page."""
    one, two, again = (returning(text, "GET /twice").compile() for text in ("'one'", "'two'", "'one'"))

    assert "'one'" in inspect.getsource(one)
    assert "'two'" in inspect.getsource(two)
    assert one.__code__.co_filename == again.__code__.co_filename != two.__code__.co_filename


def test_page_goes_with_its_function() -> None:
    """Pages do not pile up: the last function of a page takes it along."""
    functions = [returning("'gone'", "GET /gone").compile() for _ in range(2)]

    functions.pop()
    gc.collect()
    assert "<GET /gone>" in linecache.cache
    functions.clear()
    gc.collect()
    assert "<GET /gone>" not in linecache.cache


def test_comments_stay_on_their_line() -> None:
    """A path with a line break in it cannot leave the comment that shows it."""
    source = Source("answer(question)", "test")
    source.comment("GET /b\nraise SystemExit\u2028\ud800")
    source.line("return 1")

    assert answer(source.compile()) == 1
    assert source.text().count("\n") == 5
