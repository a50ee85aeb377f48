"""The shape of a row in the doors table (tests/<app>/doors.py)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    name: str
    permission: str | None
    method: str = "get"
    row: str | None = None  # name of a function in the same module: (store) -> URL keyword arguments
    data: dict | Callable | None = None
    ok: int = 200
    public: bool = False
    foreign: int | None = 404
    also: tuple[str, ...] = ()  # further permissions the page itself needs
