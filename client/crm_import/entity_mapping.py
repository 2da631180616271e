"""How one kind of record of the CRM becomes one of Odoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInput
from .text import key_text

PLANNED, WON, LOST = "@planned", "@won", "@lost"
ANY = "*"
# Columns that fill no field as they are, by the model whose writer understands them.
SPECIAL: dict[str, frozenset[str]] = {
    "res.partner": frozenset(
        {"@account_id", "@account_name", "@first_name", "@last_name", "@country", "@state"}
    ),
    "crm.lead": frozenset(
        {"@account_id", "@account_name", "@contact_id", "@stage", "@currency", "@probability"}
    ),
    "customer.interaction": frozenset(
        {"@parent_type", "@parent_id", "@contact_id", "@account_id", "@account_name"}
        | {"@status", "@type", "@hours", "@end", "@from", "@to"}
    ),
}
EVERYWHERE = frozenset({"@id", "@deleted", "@user"})
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "res.partner": (("@id",), ("name", "@last_name")),
    "crm.lead": (("@id",), ("name",)),
    "customer.interaction": (("@id",), ("date",)),
}


def as_object(value: Any, where: str) -> dict[str, Any]:
    """:raises InvalidInput: the value is no JSON object"""
    if not isinstance(value, dict):
        raise InvalidInput(f"{where}: expected an object, found {value!r}")
    return value


def as_text(value: Any, where: str) -> str:
    """:raises InvalidInput: the value is no text"""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: expected a text, found {value!r}")
    return value


def as_texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts; one text alone is a list of one, null an empty one.

    :raises InvalidInput: the value is neither
    """
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{where}: expected a list of texts, found {value!r}")
    return tuple(as_text(item, where) for item in value)


@dataclass(frozen=True)
class EntityMapping:
    """One entry of ``entities`` in the mapping file, checked.

    :param columns: key -> headings it is read from, the first one that is filled counts
    :param values: key -> {reduced text: target}; see the README for the kinds of target
    :param constants: field -> value given to every record
    :param rest: field that takes what no column claims; empty to leave it out
    :param ignore: reduced headings that are left out
    :param match: fields (or several, joined by ``+``) by which a contact that is in Odoo already
        is recognised, best first
    :param original_texts: reduced text of a value map -> the text as the mapping spells it
    """

    name: str
    model: str
    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, Any]]
    constants: Mapping[str, Any]
    rest: str
    ignore: frozenset[str]
    activity_type: str
    match: tuple[str, ...] = ()
    original_texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, name: str, given: Mapping[str, Any]) -> EntityMapping:
        """Check one entry.

        :raises InvalidInput: naming the key that is wrong
        """
        where = f"entities.{name}"
        model = _model(given, where)
        columns = as_object(given.get("columns", {}), f"{where}.columns")
        for key in columns:
            if key.startswith("@") and key not in SPECIAL[model] | EVERYWHERE:
                raise InvalidInput(
                    f"{where}.columns.{key}: unknown for {model}; known are "
                    f"{', '.join(sorted(SPECIAL[model] | EVERYWHERE))}"
                )
        values = as_object(given.get("values", {}), f"{where}.values")
        for key in values:
            if key not in columns:
                raise InvalidInput(f"{where}.values.{key}: there is no such key in columns")
        return cls(
            name=name,
            model=model,
            files=as_texts(given.get("files"), f"{where}.files"),
            columns={k: as_texts(v, f"{where}.columns.{k}") for k, v in columns.items()},
            values={k: _targets(v, f"{where}.values.{k}") for k, v in values.items()},
            constants=as_object(given.get("set", {}), f"{where}.set"),
            rest=as_text(given.get("rest") or "", f"{where}.rest"),
            ignore=frozenset(
                key_text(t) for t in as_texts(given.get("ignore", ()), f"{where}.ignore")
            ),
            activity_type=as_text(given.get("activity_type") or "", f"{where}.activity_type"),
            original_texts={
                key_text(text): text for targets in values.values() for text in targets
            },
            match=_match(given.get("match"), columns, f"{where}.match"),
        )

    @property
    def label(self) -> str:
        """The entity in the singular, as request keys and external ids have it."""
        return self.name[:-3] + "y" if self.name.endswith("ies") else self.name[:-1]

    def required(self) -> tuple[tuple[str, ...], ...]:
        """Groups of keys; of each group at least one must have a column in the file."""
        return REQUIRED[self.model]

    def fields(self) -> set[str]:
        """Odoo fields the mapping fills by name."""
        names = {key for key in self.columns if not key.startswith("@")} | set(self.constants)
        for targets in self.values.values():
            for target in targets.values():
                names |= set(target) if isinstance(target, dict) else set()
        return names | ({self.rest} if self.rest else set())


def _model(given: Mapping[str, Any], where: str) -> str:
    """The model of an entry that has no unknown keys."""
    known = {"model", "files", "columns", "values", "set", "rest", "ignore", "activity_type"}
    known |= {"match"} if given.get("model") == "res.partner" else set()
    for key in given:
        if key not in known:
            raise InvalidInput(f"{where}.{key}: unknown key; known are {', '.join(sorted(known))}")
    model = given.get("model")
    if model not in SPECIAL:
        raise InvalidInput(f"{where}.model: {model!r} is none of {', '.join(SPECIAL)}")
    return model


def _match(value: Any, columns: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """Rules such as ``email`` or ``email+name``."""
    fields = as_texts(value, where)
    for name in (name for rule in fields for name in rule.split("+")):
        if name not in columns or name.startswith("@"):
            raise InvalidInput(f"{where}: {name!r} is no field in columns")
    return fields


def _targets(value: Any, where: str) -> dict[str, Any]:
    """A value map with its texts reduced for comparing."""
    found: dict[str, Any] = {}
    for text, target in as_object(value, where).items():
        if not isinstance(target, (str, dict, type(None))):
            raise InvalidInput(
                f"{where}.{text}: expected a text, an object of fields or null, found {target!r}"
            )
        found[ANY if text == ANY else key_text(text)] = target
    return found
