"""One line that could not be loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class RejectedLine:
    """An input line with the reason it is not in Odoo.

    :param reason: short and the same for every line of its kind, so that it can be counted
    :param detail: what is special about this one, may be empty
    :param date: the line's date when it was readable, for range selection
    :param file: name of its file, when rejects of several go into one
    """

    number: int
    row: tuple[str, ...]
    reason: str
    detail: str = ""
    date: datetime | None = None
    file: str = ""

    @property
    def text(self) -> str:
        """Reason and detail in one line."""
        text = f"{self.reason}: {self.detail}" if self.detail else self.reason
        return " ".join(text.split())
