"""Doing many things at once, and finding the bad one when that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..errors import (
    ClientError,
    Conflict,
    ConnectionFailed,
    InvalidInput,
    NotFound,
    ServerBusy,
    ServerError,
)

Item = TypeVar("Item")


def bisect(
    items: Sequence[Item],
    action: Callable[[Sequence[Item]], object],
    refused: Callable[[Item, ClientError], object],
) -> None:
    """Run ``action`` on all items at once; on a refusal on each half, down to single items.

    ``action`` must look up what is there already: it may run again on part of its items.

    :param refused: told about each single item the server does not take
    :raises ClientError: what is no single item's fault (no connection, no rights)
    """
    if not items:
        return
    try:
        action(items)
    except ClientError as error:
        if not is_about_the_values(error, many=len(items) > 1):
            raise
        if len(items) == 1:
            refused(items[0], error)
            return
        middle = len(items) // 2
        bisect(items[:middle], action, refused)
        bisect(items[middle:], action, refused)


def is_about_the_values(error: ClientError, many: bool) -> bool:
    """Whether fewer or other items might pass.

    A line that breaks while the server works on many items may mean that they were too many.
    """
    if isinstance(error, (ServerBusy, Conflict)):
        return many
    if isinstance(error, ConnectionFailed):
        return many and error.sent
    return isinstance(error, (InvalidInput, NotFound, ServerError))
