"""Stages of the sales pipeline."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..errors import InvalidInput
from ..loading.company_target import CompanyTarget
from .entity_mapping import LOST, WON, EntityMapping
from .text import key_text


class StageBook:
    """Finds a stage by its name, in English or in the user's language."""

    def __init__(self, target: CompanyTarget) -> None:
        self.target = target

    def id_of(self, text: str) -> int:
        """Id of a stage; ``@won`` is the first won one. It must exist, see :meth:`check`."""
        if text == WON:
            return next(row["id"] for row in self._rows if row["is_won"])
        return self._ids[key_text(text)]

    def is_won(self, text: str) -> bool:
        """Whether a lead in that stage is won."""
        if text == WON:
            return True
        return text != LOST and self.id_of(text) in {
            row["id"] for row in self._rows if row["is_won"]
        }

    def check(self, entity: EntityMapping) -> None:
        """:raises InvalidInput: the mapping names a stage that Odoo does not have"""
        for text, target in entity.values.get("@stage", {}).items():
            if not isinstance(target, str) or target == LOST:
                continue
            known = (
                any(r["is_won"] for r in self._rows)
                if target == WON
                else (key_text(target) in self._ids)
            )
            if not known:
                raise InvalidInput(
                    f"mapping: entities.{entity.name}.values.@stage."
                    f"{entity.spelled.get(text, text)}: Odoo has no stage "
                    f"{target!r}; there are {', '.join(row['name'] for row in self._rows)}"
                )

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        fields = ["name", "is_won", "sequence"]
        rows = self.target.read("crm.stage", [], fields)
        return sorted(rows, key=lambda row: (row["sequence"], row["id"]))

    @cached_property
    def _ids(self) -> dict[str, int]:
        language = {"lang": self.target.user["lang"] or "en_US"}
        ids = [row["id"] for row in self._rows]
        own = self.target.call("crm.stage", "read", ids, fields=["name"], context=language)
        return {key_text(row["name"]): row["id"] for row in [*own, *reversed(self._rows)]}
