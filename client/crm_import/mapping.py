"""The mapping file: what of an export goes where in Odoo."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..dates import DateReader
from ..errors import InvalidInput
from .entity_mapping import EntityMapping, as_object, as_text, as_texts
from .text import currency_key, key_text

DEFAULT = Path(__file__).with_name("default_mapping.json")
# In this order: what others refer to comes first.
ENTITIES = (
    "accounts",
    "contacts",
    "opportunities",
    "cases",
    "calls",
    "meetings",
    "emails",
    "notes",
)
CHOICES = {
    "without_customer": ("reject", "keep"),
    "planned.future": ("activity", "reject"),
    "planned.past": ("activity", "reject"),
}
SHARED = ("columns", "values", "ignore")


@dataclass(frozen=True)
class ImportMapping:
    """A checked mapping. Without a file it is the default one.

    :param source: names the CRM in request keys and external ids; two CRMs need two names
    :param modules: reduced module name as in "Parent Type" -> entity
    """

    source: str
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    dates: Mapping[str, str]
    without_customer: str
    planned: Mapping[str, str]
    own_currency: frozenset[str]
    users: Mapping[str, str]
    modules: Mapping[str, str]
    entities: Mapping[str, EntityMapping]

    @classmethod
    def from_file(cls, path: str | Path | None = None) -> ImportMapping:
        """Read a mapping; what the file does not say is as in the default.

        :raises InvalidInput: not readable, or naming the key that is wrong
        """
        given = read_json(path) if path else {}
        try:
            return cls.from_dict(merged(read_json(DEFAULT), given))
        except InvalidInput as error:
            raise InvalidInput(f"mapping {path or DEFAULT.name}: {error}") from None

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> ImportMapping:
        """Check a complete mapping, that is one laid over the default.

        :raises InvalidInput: naming the key that is wrong
        """
        known = set(cls.__dataclass_fields__) | {"common"}
        for key in content:
            if key not in known:
                raise InvalidInput(f"{key}: unknown key; known are {', '.join(sorted(known))}")
        source = content["source"]
        if not isinstance(source, str) or not re.fullmatch(r"[a-z0-9_]+", source):
            raise InvalidInput(f"source: {source!r} is not made of a-z, 0-9 and _")
        if content["decimal"] not in (".", ",", "/", None):
            raise InvalidInput(f"decimal: {content['decimal']!r} is none of '.', ',', '/' and null")
        _check_choices(content)
        return cls(
            source=source,
            encoding=_encoding(content["encoding"]),
            delimiter=_delimiter(content["delimiter"]),
            decimal=content["decimal"],
            dates=_dates(content["dates"]),
            without_customer=content["without_customer"],
            planned=content["planned"],
            own_currency=frozenset(
                currency_key(text) for text in as_texts(content["own_currency"], "own_currency")
            ),
            users={key_text(k): v for k, v in as_object(content["users"], "users").items()},
            modules=_modules(as_object(content["modules"], "modules")),
            entities=_entities(content),
        )

    def date_reader(self) -> DateReader:
        """A reader of dates that has seen nothing yet."""
        return DateReader(self.dates["order"], self.dates["calendar"], self.dates["time_zone"])


def read_json(path: str | Path) -> dict[str, Any]:
    """The object in a JSON file.

    :raises InvalidInput: there is none
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"cannot read the mapping {path}: {error}") from None
    if not isinstance(content, dict):
        raise InvalidInput(f"the mapping {path} is not a JSON object")
    return content


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid over it: objects are merged, everything else is replaced.

    Empty objects replace too, since a target ``{}`` means "nothing to set".
    """
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict) and value
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def _check_choices(content: Mapping[str, Any]) -> None:
    for name in as_object(content["planned"], "planned"):
        if f"planned.{name}" not in CHOICES:
            raise InvalidInput(f"planned.{name}: unknown key; known are future, past")
    for key, choices in CHOICES.items():
        value: Any = content
        for part in key.split("."):
            value = value[part]
        if value not in choices:
            raise InvalidInput(f"{key}: {value!r} is none of {', '.join(choices)}")


def _dates(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or set(given) != {"order", "calendar", "time_zone"}:
        raise InvalidInput(
            f"dates: expected an object with order, calendar, time_zone, found {given!r}"
        )
    DateReader(given["order"], given["calendar"], given["time_zone"])
    return given


def _encoding(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return codecs.lookup(as_text(value, "encoding")).name
    except LookupError:
        raise InvalidInput(f"encoding: {value!r} is not known") from None


def _delimiter(value: Any) -> str | None:
    if value is not None and len(as_text(value, "delimiter")) != 1:
        raise InvalidInput(f"delimiter: {value!r} is not one sign")
    return value


def _modules(given: Mapping[str, Any]) -> dict[str, str]:
    for name, entity in given.items():
        if entity not in ENTITIES:
            raise InvalidInput(f"modules.{name}: {entity!r} is none of {', '.join(ENTITIES)}")
    return {key_text(name): entity for name, entity in given.items()}


def _entities(content: Mapping[str, Any]) -> dict[str, EntityMapping]:
    common = as_object(content["common"], "common")
    for key in common:
        if key not in SHARED:
            raise InvalidInput(f"common.{key}: unknown key; known are {', '.join(SHARED)}")
    found = {}
    for name, given in as_object(content["entities"], "entities").items():
        if name not in ENTITIES:
            raise InvalidInput(f"entities.{name}: unknown; known are {', '.join(ENTITIES)}")
        where = f"entities.{name}"
        entity = dict(as_object(given, where))
        for key in ("columns", "values"):
            shared = as_object(common.get(key, {}), f"common.{key}")
            entity[key] = {**shared, **as_object(given.get(key, {}), f"{where}.{key}")}
        entity["ignore"] = [
            *as_texts(common.get("ignore"), "common.ignore"),
            *as_texts(given.get("ignore"), f"{where}.ignore"),
        ]
        found[name] = EntityMapping.from_dict(name, entity)
    return found
