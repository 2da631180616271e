"""From the cells of a row to field values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..cells.signs import mail_text
from ..dates import DateReader
from ..values import NumberReader, is_shortened
from .entity_mapping import ANY, EntityMapping
from .export_files import CrmRow, RowFault
from .lookups import OdooFields
from .text import HtmlReader, html_text, key_text, name_text, phone_text

PHONES = ("phone", "mobile")
MAILS = ("email", "email_from")
VERBATIM = (*MAILS, "website")


@dataclass
class ConvertedRow:
    """What one row says: field values, and what is not yet one.

    :param values: field -> value as Python has it (numbers, dates, UTC moments, text)
    :param special: what the value maps say about special columns, e.g. ``@status: @planned``
    :param extra_lines: ``Heading: value`` lines for the long text, so that nothing is lost
    """

    values: dict[str, Any] = field(default_factory=dict)
    special: dict[str, str] = field(default_factory=dict)
    extra_lines: list[str] = field(default_factory=list)


class RowConverter:
    """Applies one entity's mapping to rows."""

    def __init__(
        self,
        entity: EntityMapping,
        fields: OdooFields,
        dates: DateReader,
        numbers: NumberReader,
        kept: Counter[str],
    ) -> None:
        """
        :param dates: has learned from the whole file, and so has ``numbers``
        :param kept: takes what is only kept as text
        """
        self.entity = entity
        self.fields = fields
        self.dates = dates
        self.numbers = numbers
        self.kept = kept

    def convert(self, row: CrmRow) -> ConvertedRow:
        """The values of a row.

        :raises RowFault: a cell cannot be read, or the mapping leaves such rows out
        """
        converted = ConvertedRow(values=dict(self.entity.constants))
        for key in self.entity.columns:
            text = row.text(key)
            if key in self.entity.values:
                self._map(row, key, text, converted)
            elif key in PHONES and is_shortened(text):
                converted.extra_lines.append(f"{row.heading(key)}: {text}")
                self.kept[f"{row.heading(key)} shortened by a spreadsheet, such as {text}"] += 1
            elif text and not key.startswith("@"):
                converted.values[key] = self.cell_value(row, key, text)
        return converted

    def add_unmapped(self, row: CrmRow, converted: ConvertedRow) -> None:
        """Put what no column took into the long text, after all columns were asked for."""
        lines = converted.extra_lines + row.rest()
        rest = self.entity.rest
        if not rest or not lines:
            return
        if self.fields.type_of(self.entity.model, rest) == "html":
            added = "<br>".join(html_text(line) for line in lines)
            gap = "<br><br>"
        else:
            added, gap = "\n".join(lines), "\n\n"
        before = converted.values.get(rest) or ""
        converted.values[rest] = f"{before}{gap}{added}" if before else added

    def cell_value(self, row: CrmRow, key: str, text: str) -> Any:
        """A cell as a value of its field.

        :raises RowFault: it cannot be read as what the field holds
        """
        kind = self.fields.type_of(self.entity.model, key)
        try:
            return self._value(key, kind, text)
        except ValueError as error:
            raise RowFault(f"bad {row.heading(key)}", str(error)) from None

    def number(self, row: CrmRow, key: str, text: str) -> float:
        """A cell as a number that is not negative.

        :raises RowFault: no number, or below zero
        """
        try:
            number = float(self.numbers.number(text))
        except ValueError as error:
            raise RowFault(f"bad {row.heading(key)}", str(error)) from None
        if number < 0:
            raise RowFault(f"bad {row.heading(key)}", f"below zero: {text!r}")
        return number

    def _value(self, key: str, kind: str, text: str) -> Any:
        if kind == "date":
            return self.dates.day(text)
        if kind == "datetime":
            return self.dates.moment(text)
        if kind in ("float", "monetary"):
            return float(self.numbers.number(text))
        if kind == "integer":
            return int(self.numbers.number(text))
        if kind == "html":
            return html_text(HtmlReader.text_of(text))
        if kind == "text":
            return HtmlReader.text_of(text)
        if kind == "char" and key not in VERBATIM:
            return phone_text(text) if key in PHONES else name_text(text)
        if kind == "boolean":
            raise ValueError("yes and no need a value map")
        return mail_text(text) if key in MAILS else text

    def _map(self, row: CrmRow, key: str, text: str, converted: ConvertedRow) -> None:
        """Look the text up in the key's value map and do what that says."""
        targets = self.entity.values[key]
        reduced = key_text(text)
        heading = row.heading(key)
        if reduced in targets:
            target = targets[reduced]
        elif not text:
            return
        elif ANY in targets:
            target = targets[ANY]
            converted.extra_lines.append(f"{heading}: {text}")
        else:
            raise RowFault(
                f"unknown {heading}",
                f"{text!r} is not in entities.{self.entity.name}.values.{key} of the mapping",
            )
        if target is None:
            raise RowFault("left out by the mapping", f"{heading} is {text!r}")
        if isinstance(target, dict):
            converted.values.update(target)
        elif key.startswith("@"):
            converted.special[key] = target
        else:
            converted.values[key] = target
