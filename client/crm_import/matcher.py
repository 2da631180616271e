"""Customers that are in Odoo already, before any import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..loading.company_target import CompanyTarget
from .crm_row import CrmRow
from .entity_mapping import EntityMapping
from .external_ids import ExternalIds
from .text import key_text, spellings

SEARCHED = {"email": "email_normalized"}  # field of the mapping: field Odoo compares by
SLICE = 500


class Matcher:
    """Finds the one contact that a row surely is: same values, nobody else has them.

    A contact that an import has made or found before is never taken a second time, so that two
    accounts of one name stay two.
    """

    def __init__(self, target: CompanyTarget, external: ExternalIds, entity: EntityMapping) -> None:
        self.target = target
        self.external = external
        self.entity = entity
        self._ids: dict[tuple[str, ...], set[int]] = {}
        self._taken: set[int] = set()

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up the candidates of these rows by the first field of each rule."""
        for rule in self.entity.match:
            field = rule.split("+")[0]
            texts = {text for row in rows for text in _forms(field, row.text(field))}
            self._look_up(rule, sorted(texts))

    def take(self, values: dict[str, Any]) -> int:
        """Id of the contact to go on with; 0 to create one."""
        for rule in self.entity.match:
            fields = rule.split("+")
            if not all(values.get(field) for field in fields):
                continue
            key = (rule, *(_reduced(field, values[field]) for field in fields))
            found = self._ids.get(key, set()) - self._taken
            if len(found) == 1:
                (contact,) = found
                self._taken.add(contact)
                return contact
        return 0

    def _look_up(self, rule: str, texts: Sequence[str]) -> None:
        searched = [SEARCHED.get(field, field) for field in rule.split("+")]
        base = [
            ["is_company", "=", bool(self.entity.constants.get("is_company"))],
            ["company_id", "in", [False, self.target.company_id]],
        ]
        for start in range(0, len(texts), SLICE):
            domain = [[searched[0], "in", texts[start : start + SLICE]], *base]
            rows = self.target.read("res.partner", domain, searched)
            known = self.external.known("res.partner", [row["id"] for row in rows])
            for row in rows:
                if row["id"] not in known and all(row[field] for field in searched):
                    key = (rule, *(_reduced(field, row[field]) for field in searched))
                    self._ids.setdefault(key, set()).add(row["id"])


def _forms(field: str, text: str) -> Iterable[str]:
    """How a text may stand in Odoo."""
    if not text:
        return ()
    return (text.lower(),) if field == "email" else spellings(text)


def _reduced(field: str, text: str) -> str:
    return text.lower() if field in ("email", SEARCHED["email"]) else key_text(text)
