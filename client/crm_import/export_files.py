"""The CSV files of an export: the folder, its files, their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ..errors import InvalidInput
from ..loading.rejects import RejectedLine
from ..table_file import TableFile
from ..tables.preview import EXAMPLES, as_understood
from ..values import NumberReader, is_shortened
from .entity_mapping import EntityMapping
from .mapping import ENTITIES, ImportMapping
from .text import clean, key_text

DATE_KEYS = ("date", "@end", "date_deadline")
NUMBER_KEYS = ("expected_revenue", "@probability", "@hours", "duration_minutes")
# Dates that are in every export: they tell the format, even where nothing is made of them.
DATE_HEADINGS = {
    key_text(heading)
    for heading in ("date_entered", "Date Created", "date_modified", "Date Modified")
    + ("تاریخ ایجاد", "تاریخ تغییر", "تاریخ ویرایش")
}
SAY_ORDER = "say dates.order in the mapping"
ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".xls")


class RowFault(Exception):
    """Raised while a row is read or turned into values; it ends among the rejects."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """
        :param reason: the same for every row of its kind, so that it can be counted
        :param detail: what is special about this one
        """
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class CrmRow:
    """A row with its cells found by the mapping's keys.

    :param number: line in the file
    :param positions: key -> indexes of the columns it may be read from, best first
    """

    number: int
    cells: tuple[str, ...]
    header: Sequence[str]
    positions: Mapping[str, Sequence[int]]
    ignored: frozenset[int] = frozenset()
    id: str = ""
    _used: dict[int, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The first filled cell of a key, cleaned; empty when there is none."""
        for position in self.positions.get(key, ()):
            if position < len(self.cells):
                text = clean(self.cells[position])
                if text:
                    self._used[position] = text
                    return text
        return ""

    def heading(self, key: str) -> str:
        """The heading a key is read from in this file; the key itself when there is none."""
        positions = self.positions.get(key, ())
        return self.header[positions[0]] if positions else key

    def rest(self) -> list[str]:
        """``Heading: value`` of every filled cell that no key has taken and nobody ignores."""
        taken = set(self._used.values())
        lines = []
        for position, cell in enumerate(self.cells[: len(self.header)]):
            if position in self._used or position in self.ignored:
                continue
            text = clean(cell)
            if text and text not in taken:
                lines.append(f"{self.header[position]}: {text}")
        return lines


class ExportFile:
    """Reads the rows of one entity; every row that is not blank comes out exactly once.

    ``count``, the order of day and month and the decimal sign come from a first pass over the file.
    """

    def __init__(self, path: Path, entity: EntityMapping, mapping: ImportMapping) -> None:
        """:raises InvalidInput: unreadable, a needed column is missing, or dates cannot be told"""
        self.path = path
        self.entity = entity
        table = TableFile(path, mapping.encoding, mapping.delimiter)
        self.table = table
        self.header = table.header
        self.positions = self._find_positions()
        claimed = {position for positions in self.positions.values() for position in positions}
        self.ignored = frozenset(
            position for position, name in enumerate(self.header) if key_text(name) in entity.ignore
        )
        self.unmapped = [
            name
            for position, name in enumerate(self.header)
            if position not in claimed and position not in self.ignored
        ]
        self.dates = mapping.date_reader()
        self.numbers = NumberReader(mapping.decimal)
        self.numbers.fallback = "," if table.delimiter == ";" else "."
        self.count = self._first_pass()
        if self.dates.refusal:
            raise InvalidInput(f"{path.name}: {self.dates.refusal}; {SAY_ORDER}")

    def rows(self) -> Iterator[CrmRow | RejectedLine]:
        """All rows, in the order of the file; what has no usable id is rejected at once."""
        seen: dict[str, int] = {}
        for number, cells in self.table.rows():
            if cells is None:
                reason, text = self.table.fault(number)
                yield self.reject(number, (), "", reason, text)
                continue
            if len(cells) > len(self.header):
                yield self.reject(number, cells, "", "more cells than columns")
                continue
            row = CrmRow(number, cells, self.header, self.positions, self.ignored)
            row.id = row.text("@id")
            if not row.id:
                yield self.reject(number, cells, "", "no id")
            elif is_shortened(row.id):
                yield self.reject(number, cells, row.id, "id shortened by a spreadsheet", row.id)
            elif row.id in seen:
                detail = f"first on line {seen[row.id]}"
                yield self.reject(number, cells, row.id, "id twice in the file", detail)
            else:
                seen[row.id] = number
                yield row

    @property
    def doubts(self) -> list[str]:
        """What of the file may be read wrongly, and what was decided about it."""
        dates = [f"{self.dates.doubt}: {SAY_ORDER} if that is wrong"] if self.dates.doubt else []
        numbers = (
            [f"{self.numbers.doubt}: say decimal in the mapping"] if self.numbers.doubt else []
        )
        return [*self.table.notes, *dates, *numbers]

    def guesses(self) -> list[str]:
        """What was found out about the file, and its first rows as they are understood."""
        text = [f"{self.path.name}: {self.table.described}, {self.count:,} {self.entity.name}"]
        if self.dates.forms:
            text.append(f"  dates: {self.dates.describe()}")
        text.append(f"  decimal sign: {self.numbers.decimal}")
        text += [f"  note: {doubt}" for doubt in self.doubts]
        rows = islice((row for row in self.rows() if isinstance(row, CrmRow)), EXAMPLES)
        return text + [f"  line {row.number}: {self._understood(row)}" for row in rows]

    def _understood(self, row: CrmRow) -> str:
        shown = [as_understood(self.header[self.positions["@id"][0]], row.id, row.id)]
        for key in ("name", "@last_name", "subject", *DATE_KEYS, *NUMBER_KEYS):
            text = row.text(key)
            if text:
                shown.append(as_understood(row.heading(key), text, self._value(key, text)))
        return ", ".join(shown)

    def _value(self, key: str, text: str) -> object:
        try:
            if key in DATE_KEYS:
                return self.dates.written(text)
            return self.numbers.number(text) if key in NUMBER_KEYS else text
        except ValueError:
            return "cannot be read"

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

    def _find_positions(self) -> dict[str, list[int]]:
        index: dict[str, int] = {}
        for position, name in enumerate(self.header):
            index.setdefault(key_text(name), position)
        found: dict[str, list[int]] = {}
        for key, headings in self.entity.columns.items():
            positions = [index[key_text(h)] for h in headings if key_text(h) in index]
            if positions:
                found[key] = list(dict.fromkeys(positions))
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
        positions = {position for key in DATE_KEYS for position in self.positions.get(key, ())}
        positions |= {n for n, name in enumerate(self.header) if key_text(name) in DATE_HEADINGS}
        numeric = {position for key in NUMBER_KEYS for position in self.positions.get(key, ())}
        count = 0
        for _number, cells in self.table.rows():
            count += 1
            width = len(cells or ())
            for reader, places in ((self.dates, positions), (self.numbers, numeric)):
                for position in places:
                    if cells and position < width and cells[position]:
                        reader.learn(clean(cells[position]))
        return count


class ExportFolder:
    """Finds the file of each entity by its name, whatever its case and number."""

    def __init__(self, path: str | Path, mapping: ImportMapping) -> None:
        """:raises InvalidInput: no such folder, nothing to import in it, or a file is not usable"""
        self.path = Path(path)
        if not self.path.is_dir():
            raise InvalidInput(f"{self.path} is not a folder")
        self.unknown: list[str] = []
        self.files = [
            ExportFile(file, mapping.entities[name], mapping)
            for name, file in self._sorted(mapping).items()
        ]
        if not self.files:
            wanted = ", ".join(f"{e.files[0]}.csv" for e in mapping.entities.values() if e.files)
            raise InvalidInput(f"{self.path} has none of {wanted}")
        for file in self.files:
            file.dates.set_fallback_evidence(other.dates for other in self.files)

    def guesses(self) -> list[str]:
        """What was found out about every file."""
        found = [line for file in self.files for line in file.guesses()]
        return found + [f"not read: {name}" for name in self.unknown]

    def _sorted(self, mapping: ImportMapping) -> dict[str, Path]:
        """The file of each entity, in the order of import; other tables become ``unknown``."""
        names = {
            key_text(name): entity.name
            for entity in mapping.entities.values()
            for name in entity.files
        }
        found: dict[str, Path] = {}
        for file in sorted(self.path.iterdir()):
            ending = next((e for e in ENDINGS if file.name.lower().endswith(e)), None)
            if not ending or not file.is_file():
                continue
            entity = names.get(key_text(file.name[: -len(ending)]))
            if entity in found:
                several = f"{found[entity].name}, {file.name}"
                raise InvalidInput(f"{self.path} has several files of {entity}: {several}")
            if entity:
                found[entity] = file
            elif "reject" not in file.name.lower():
                self.unknown.append(file.name)
        return {name: found[name] for name in ENTITIES if name in found}
