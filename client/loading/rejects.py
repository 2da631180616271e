"""Input lines that are not in Odoo, and the file they are written to."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


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


class RejectFile:
    """Writes rejected lines with the input's own columns, plus where and why.

    The result can be mended and loaded again: the added columns are ignored then.
    """

    def __init__(self, path: str | Path, header: Sequence[str]) -> None:
        """:param header: the input's own columns; Line and Reason of an earlier run fall out"""
        self.path = Path(path)
        self.header = tuple(name for name in header if name not in ("Line", "Reason"))
        self._columns = [i for i, name in enumerate(header) if name in self.header]

    def write(self, lines: Iterable[RejectedLine]) -> int:
        """Replace the file and return the number of lines; no lines, no file.

        :raises OSError: the file cannot be written
        """
        ordered = sorted(lines, key=lambda line: (line.file, line.number))
        if not ordered:
            self.path.unlink(missing_ok=True)
            return 0
        with self.path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*self.header, "Line", "Reason"])
            for line in ordered:
                cells = [line.row[i] if i < len(line.row) else "" for i in self._columns]
                writer.writerow([*cells, line.number, line.text])
        return len(ordered)
