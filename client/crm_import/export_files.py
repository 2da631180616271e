"""One CSV file of an export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import InvalidInput
from ..loading.rejected_line import RejectedLine
from ..loading.table_file import TableFile
from .crm_row import CrmRow
from .entity_mapping import EntityMapping
from .mapping import Mapping
from .text import clean, key_text

DATE_KEYS = ("date", "@end", "date_deadline")
# Dates that are in every export: they tell the format, even where nothing is made of them.
DATE_HEADINGS = {
    key_text(heading)
    for heading in ("date_entered", "Date Created", "date_modified", "Date Modified")
    + ("تاریخ ایجاد", "تاریخ تغییر", "تاریخ ویرایش")
}


class ExportFile:
    """Reads the rows of one entity; every row that is not blank comes out exactly once.

    ``count`` and the order of day and month come from a first pass over the file.
    """

    def __init__(self, path: Path, entity: EntityMapping, mapping: Mapping) -> None:
        """:raises InvalidInput: unreadable, or a needed column is missing"""
        self.path = path
        self.entity = entity
        table = TableFile(path, mapping.encoding, mapping.delimiter)
        self.table = table
        self.header = table.header
        self.places = self._places()
        claimed = {place for places in self.places.values() for place in places}
        self.ignored = frozenset(
            place for place, name in enumerate(self.header) if key_text(name) in entity.ignore
        )
        self.unclaimed = [
            name
            for place, name in enumerate(self.header)
            if place not in claimed and place not in self.ignored
        ]
        self.dates = mapping.date_reader()
        self.count = self._first_pass()

    def rows(self) -> Iterator[CrmRow | RejectedLine]:
        """All rows, in the order of the file; what has no usable id is rejected at once."""
        seen: dict[str, int] = {}
        for number, cells in self.table.rows():
            if cells is None:
                yield self.reject(number, (), "", "unreadable line")
                continue
            if len(cells) > len(self.header):
                yield self.reject(number, cells, "", "more cells than columns")
                continue
            row = CrmRow(number, cells, self.header, self.places, self.ignored)
            row.id = row.text("@id")
            if not row.id:
                yield self.reject(number, cells, "", "no id")
            elif row.id in seen:
                detail = f"first on line {seen[row.id]}"
                yield self.reject(number, cells, row.id, "id twice in the file", detail)
            else:
                seen[row.id] = number
                yield row

    def reject(
        self, number: int, cells: tuple[str, ...], row_id: str, reason: str, detail: str = ""
    ) -> RejectedLine:
        """The reject of one row."""
        content = "; ".join(
            f"{name}={clean(cell)}"
            for name, cell in zip(self.header, cells, strict=False)
            if cell.strip()
        )
        shield = "'" if row_id.startswith(("=", "+", "-", "@")) else ""
        cells = (self.path.name, shield + row_id, content)
        return RejectedLine(number, cells, reason, detail, file=self.path.name)

    def _places(self) -> dict[str, list[int]]:
        index: dict[str, int] = {}
        for place, name in enumerate(self.header):
            index.setdefault(key_text(name), place)
        found: dict[str, list[int]] = {}
        for key, headings in self.entity.columns.items():
            places = [index[key_text(h)] for h in headings if key_text(h) in index]
            if places:
                found[key] = list(dict.fromkeys(places))
        for keys in self.entity.required():
            if not any(key in found for key in keys):
                looked = [h for key in keys for h in self.entity.columns.get(key, ())]
                raise InvalidInput(
                    f"{self.path.name} has no column for "
                    f"{' or '.join(f'entities.{self.entity.name}.columns.{k}' for k in keys)} "
                    f"(looked for {', '.join(looked) or 'nothing'}; "
                    f"there are {', '.join(self.header)})"
                )
        return found

    def _first_pass(self) -> int:
        places = {place for key in DATE_KEYS for place in self.places.get(key, ())}
        places |= {n for n, name in enumerate(self.header) if key_text(name) in DATE_HEADINGS}
        count = 0
        for _number, cells in self.table.rows():
            count += 1
            for place in places:
                if cells and place < len(cells):
                    self.dates.learn(clean(cells[place]))
        return count
