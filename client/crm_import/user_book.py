"""Users of Odoo by what the CRM calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from ..loading.company_target import CompanyTarget
from .text import key_text


class UserBook:
    """Matches "Assigned to" with name, login or e-mail of a user; counts who is unknown."""

    def __init__(self, target: CompanyTarget, aliases: Mapping[str, str]) -> None:
        """:param aliases: reduced name in the CRM -> name, login or e-mail in Odoo"""
        self.target = target
        self.aliases = aliases
        self.unknown: Counter[str] = Counter()

    def id_of(self, text: str) -> int | bool:
        """Id of the user; False, and counted, when nobody fits."""
        if not text:
            return False
        key = key_text(text)
        user = self._ids.get(key_text(self.aliases.get(key, text)), False)
        if not user:
            self.unknown[text] += 1
        return user

    @cached_property
    def _ids(self) -> dict[str, int]:
        """A name that two users share belongs to none of them."""
        rows = self.target.read("res.users", [["share", "=", False]], ["name", "login", "email"])
        names = Counter(key_text(row["name"]) for row in rows)
        found = {key_text(r["name"]): r["id"] for r in rows if names[key_text(r["name"])] == 1}
        found.update({key_text(row["email"]): row["id"] for row in rows if row["email"]})
        found.update({key_text(row["login"]): row["id"] for row in rows})
        return found
