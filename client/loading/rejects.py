"""The file of lines that are not in Odoo."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from .rejected_line import RejectedLine


class RejectFile:
    """Writes rejected lines with the input's own columns, plus where and why.

    The result can be mended and loaded again: the added columns are ignored then.
    """

    def __init__(self, path: str | Path, header: Sequence[str]) -> None:
        self.path = Path(path)
        self.header = tuple(name for name in header if name not in ("Line", "Reason"))
        self._places = [i for i, name in enumerate(header) if name in self.header]

    def write(self, lines: Iterable[RejectedLine]) -> int:
        """Replace the file and return the number of lines; no lines, no file."""
        ordered = sorted(lines, key=lambda line: (line.file, line.number))
        if not ordered:
            self.path.unlink(missing_ok=True)
            return 0
        with self.path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*self.header, "Line", "Reason"])
            for line in ordered:
                cells = [line.row[i] if i < len(line.row) else "" for i in self._places]
                writer.writerow([*cells, line.number, line.text])
        return len(ordered)
