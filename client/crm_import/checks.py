"""Checking the parts of a mapping file; each error names the key that is wrong."""

from __future__ import annotations

from typing import Any

from ..errors import InvalidInput


def as_object(value: Any, where: str) -> dict[str, Any]:
    """:raises InvalidInput: the value is no JSON object"""
    if not isinstance(value, dict):
        raise InvalidInput(f"{where}: expected an object, found {value!r}")
    return value


def as_text(value: Any, where: str) -> str:
    """:raises InvalidInput: the value is no text"""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: expected a text, found {value!r}")
    return value


def as_texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts; one text alone is a list of one, null an empty one.

    :raises InvalidInput: the value is neither
    """
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{where}: expected a list of texts, found {value!r}")
    return tuple(as_text(item, where) for item in value)
