"""The names of status codes."""

import pytest
from starlette.exceptions import StarletteDeprecationWarning

from zonda import status


def test_names_are_starlettes() -> None:
    """HTTP and websocket codes, and a name that is going warns as it does there."""
    assert (status.HTTP_201_CREATED, status.WS_1008_POLICY_VIOLATION) == (201, 1008)
    assert "HTTP_418_IM_A_TEAPOT" in dir(status)
    with pytest.warns(StarletteDeprecationWarning, match="HTTP_422_UNPROCESSABLE_CONTENT"):
        assert status.HTTP_422_UNPROCESSABLE_ENTITY == 422
    with pytest.raises(AttributeError):
        _ = status.HTTP_999_UNKNOWN
