"""What Odoo knows about the fields a mapping fills."""

from __future__ import annotations

from typing import Any

from ..errors import InvalidInput
from ..loading.company_target import CompanyTarget
from .entity_mapping import EntityMapping

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
        """Field descriptions by name."""
        if model not in self._models:
            self._models[model] = self.target.call(model, "fields_get", attributes=ATTRIBUTES)
        return self._models[model]

    def type_of(self, model: str, field: str) -> str:
        """Type of a field."""
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
