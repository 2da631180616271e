"""Choosing what to load, and moving its dates. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..loading.rejected_line import RejectedLine
from .document import Document


@dataclass(frozen=True)
class Selection:
    """What is loaded, what is rejected, and how many lines are outside the wish."""

    documents: list[Document]
    rejected: list[RejectedLine]
    out_of_range: int


def select(
    documents: Iterable[Document],
    rejected: Iterable[RejectedLine],
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
) -> Selection:
    """The documents between two days, at most ``limit`` of them, oldest first.

    A faulty line counts as out of range when its own date is; without a readable date it is
    always rejected. With a limit the range ends at the last chosen document's moment.
    """
    inside: list[Document] = []
    outside = 0
    end: datetime | None = None
    for document in sorted(documents, key=lambda d: d.moment):
        full = limit is not None and len(inside) >= limit
        if full or not _between(document.day, first, last):
            outside += len(document.lines)
            continue
        inside.append(document)
    if limit is not None and len(inside) >= limit:
        end = inside[-1].moment if inside else datetime.min
    kept: list[RejectedLine] = []
    for line in rejected:
        late = end is not None and line.date is not None and line.date > end
        if late or (line.date and not _between(line.date.date(), first, last)):
            outside += 1
        else:
            kept.append(line)
    return Selection(inside, kept, outside)


def shift_to(documents: list[Document], last: date) -> tuple[list[Document], int]:
    """Documents moved by the same number of days so that the newest is of day ``last``.

    :return: the moved documents and the number of days
    """
    if not documents:
        return [], 0
    days = (last - max(document.day for document in documents)).days
    return [document.shifted(days) for document in documents], days


def yesterday() -> date:
    """The day before today, on this machine."""
    return date.today() - timedelta(days=1)


def _between(day: date, first: date | None, last: date | None) -> bool:
    return not ((first and day < first) or (last and day > last))
