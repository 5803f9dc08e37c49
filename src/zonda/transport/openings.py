"""This module is the log that Uvicorn's websocket protocol writes to, with the addresses of clients made readable."""

from __future__ import annotations

import logging

from zonda.transport.observing import readable


class OpeningLog(logging.LoggerAdapter[logging.Logger]):
    """Each line about an opening begins with the address, which behind a proxy is what a field says."""

    @property
    def level(self) -> int:
        return self.logger.level

    def info(self, msg: object, *args: object, **options: object) -> None:
        address, *others = args
        super().info(msg, readable(str(address)), *others)
