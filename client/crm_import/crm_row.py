"""One row of an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .text import clean


@dataclass(slots=True)
class CrmRow:
    """A row with its cells found by the mapping's keys.

    :param number: line in the file
    :param places: key -> indexes of the columns it may be read from, best first
    """

    number: int
    cells: tuple[str, ...]
    header: Sequence[str]
    places: Mapping[str, Sequence[int]]
    ignored: frozenset[int] = frozenset()
    id: str = ""
    _used: dict[int, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The first filled cell of a key, cleaned; empty when there is none."""
        for place in self.places.get(key, ()):
            if place < len(self.cells):
                text = clean(self.cells[place])
                if text:
                    self._used[place] = text
                    return text
        return ""

    def heading(self, key: str) -> str:
        """The heading a key is read from in this file; the key itself when there is none."""
        places = self.places.get(key, ())
        return self.header[places[0]] if places else key

    def rest(self) -> list[str]:
        """``Heading: value`` of every filled cell that no key has taken and nobody ignores."""
        taken = set(self._used.values())
        lines = []
        for place, cell in enumerate(self.cells[: len(self.header)]):
            if place in self._used or place in self.ignored:
                continue
            text = clean(cell)
            if text and text not in taken:
                lines.append(f"{self.header[place]}: {text}")
        return lines
