"""What an import looks up in Odoo once: fields, stages, states, users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..errors import InvalidInput
from ..loading.company_target import CompanyTarget
from .entity_mapping import LOST, WON, EntityMapping
from .text import key_text

ATTRIBUTES = ["type", "selection", "string", "readonly"]
FILLABLE = frozenset(
    {"char", "text", "html", "float", "monetary", "integer", "date", "datetime", "boolean"}
    | {"selection"}
)


class OdooFields:
    """Types and choices of the fields of the target models."""

    def __init__(self, target: CompanyTarget) -> None:
        self.target = target
        self._models: dict[str, dict[str, dict[str, Any]]] = {}

    def of(self, model: str) -> dict[str, dict[str, Any]]:
        """Field descriptions by name, asked for once.

        :raises ClientError: there is no such model for this user
        """
        if model not in self._models:
            self._models[model] = self.target.call(model, "fields_get", attributes=ATTRIBUTES)
        return self._models[model]

    def type_of(self, model: str, field: str) -> str:
        """Type of a field that has been checked, as Odoo names it."""
        return self.of(model)[field]["type"]

    def check(self, entity: EntityMapping) -> None:
        """Make sure that Odoo has what the mapping names.

        :raises InvalidInput: naming the key of the mapping that is wrong
        """
        fields = self.of(entity.model)
        for name in sorted(entity.fields()):
            where = f"mapping: entities.{entity.name}: {entity.model}.{name}"
            if name not in fields:
                raise InvalidInput(f"{where} does not exist in Odoo")
            if fields[name]["type"] not in FILLABLE:
                raise InvalidInput(
                    f"{where} is a {fields[name]['type']}, which a mapping cannot fill"
                )
        if entity.rest and fields[entity.rest]["type"] not in ("text", "html"):
            raise InvalidInput(
                f"mapping: entities.{entity.name}.rest: {entity.rest} is no long text in Odoo"
            )
        self._check_choices(entity, fields)

    def _check_choices(self, entity: EntityMapping, fields: dict[str, dict[str, Any]]) -> None:
        """Every choice the mapping sets must be one of Odoo's."""
        chosen = [("set", name, value) for name, value in entity.constants.items()]
        for key, targets in entity.values.items():
            for target in targets.values():
                if isinstance(target, dict):
                    chosen += [(f"values.{key}", name, value) for name, value in target.items()]
                elif target is not None and not key.startswith("@"):
                    chosen.append((f"values.{key}", key, target))
        for where, name, value in chosen:
            choices = [choice for choice, _label in fields[name].get("selection") or ()]
            if choices and value and value not in choices:
                raise InvalidInput(
                    f"mapping: entities.{entity.name}.{where}: {value!r} is no choice of "
                    f"{entity.model}.{name}; there are {', '.join(choices)}"
                )


class Stages:
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
                    f"{entity.original_texts.get(text, text)}: Odoo has no stage "
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


class States:
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


class Users:
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
