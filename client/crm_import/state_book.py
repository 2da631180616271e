"""Provinces and federal states."""

from __future__ import annotations

from functools import cached_property

from ..loading.company_target import CompanyTarget
from .text import key_text


class StateBook:
    """Finds a state of a country by name or code."""

    def __init__(self, target: CompanyTarget) -> None:
        self.target = target

    def id_of(self, country_id: int, text: str) -> int | bool:
        """Id of a state; False if unknown."""
        return self._ids.get((country_id, key_text(text)), False)

    @cached_property
    def _ids(self) -> dict[tuple[int, str], int]:
        rows = self.target.read("res.country.state", [], ["name", "code", "country_id"])
        found = {(row["country_id"][0], key_text(row["code"])): row["id"] for row in rows}
        found.update({(row["country_id"][0], key_text(row["name"])): row["id"] for row in rows})
        return found
