"""Cutting what is long into parts, as ``itertools.batched`` does from Python 3.12 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Consecutive lists of ``size`` items, the last one perhaps shorter; none of nothing."""
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
