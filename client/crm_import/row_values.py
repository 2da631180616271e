"""From the cells of a row to field values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..dates import DateReader
from ..values import parse_number
from .entity_mapping import ANY, EntityMapping
from .export_files import CrmRow, RowFault
from .lookups import OdooFields
from .text import HtmlReader, html_text, key_text, name_text, phone_text

PHONES = ("phone", "mobile")
VERBATIM = ("email", "email_from", "website")


@dataclass
class Filled:
    """Field values of one row.

    :param marks: what the value maps say about special columns, e.g. ``@status: @planned``
    :param extra: ``Heading: value`` lines for the long text, so that nothing is lost
    """

    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)


class Filler:
    """Applies one entity's mapping to rows."""

    def __init__(
        self, entity: EntityMapping, fields: OdooFields, dates: DateReader, decimal: str
    ) -> None:
        self.entity = entity
        self.fields = fields
        self.dates = dates
        self.decimal = decimal

    def fill(self, row: CrmRow) -> Filled:
        """The values of a row.

        :raises RowFault: a cell cannot be read, or the mapping leaves such rows out
        """
        filled = Filled(values=dict(self.entity.constants))
        for key in self.entity.columns:
            text = row.text(key)
            if key in self.entity.values:
                self._map(row, key, text, filled)
            elif text and not key.startswith("@"):
                filled.values[key] = self.converted(row, key, text)
        return filled

    def finish(self, row: CrmRow, filled: Filled) -> None:
        """Put what no column took into the long text, after all columns were asked for."""
        lines = filled.extra + row.rest()
        rest = self.entity.rest
        if not rest or not lines:
            return
        if self.fields.type_of(self.entity.model, rest) == "html":
            added = "<br>".join(html_text(line) for line in lines)
            gap = "<br><br>"
        else:
            added, gap = "\n".join(lines), "\n\n"
        before = filled.values.get(rest) or ""
        filled.values[rest] = f"{before}{gap}{added}" if before else added

    def converted(self, row: CrmRow, key: str, text: str) -> Any:
        """A cell as a value of its field."""
        kind = self.fields.type_of(self.entity.model, key)
        try:
            return self._converted(key, kind, text)
        except ValueError as error:
            raise RowFault(f"bad {row.heading(key)}", str(error)) from None

    def number(self, row: CrmRow, key: str, text: str) -> float:
        """A cell as a number that is not negative."""
        try:
            number = float(parse_number(text, self.decimal))
        except ValueError as error:
            raise RowFault(f"bad {row.heading(key)}", str(error)) from None
        if number < 0:
            raise RowFault(f"bad {row.heading(key)}", f"below zero: {text!r}")
        return number

    def _converted(self, key: str, kind: str, text: str) -> Any:
        if kind == "date":
            return self.dates.day(text)
        if kind == "datetime":
            return self.dates.moment(text)
        if kind in ("float", "monetary"):
            return float(parse_number(text, self.decimal))
        if kind == "integer":
            return int(parse_number(text, self.decimal))
        if kind == "html":
            return html_text(HtmlReader.text_of(text))
        if kind == "text":
            return HtmlReader.text_of(text)
        if kind == "char" and key not in VERBATIM:
            return phone_text(text) if key in PHONES else name_text(text)
        if kind == "boolean":
            raise ValueError("yes and no need a value map")
        return text

    def _map(self, row: CrmRow, key: str, text: str, filled: Filled) -> None:
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
            filled.extra.append(f"{heading}: {text}")
        else:
            raise RowFault(
                f"unknown {heading}",
                f"{text!r} is not in entities.{self.entity.name}.values.{key} of the mapping",
            )
        if target is None:
            raise RowFault("left out by the mapping", f"{heading} is {text!r}")
        if isinstance(target, dict):
            filled.values.update(target)
        elif key.startswith("@"):
            filled.marks[key] = target
        else:
            filled.values[key] = target
