"""Records by external id: ``__crm_import__.account_<id of the CRM>``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from ..errors import AccessDenied, InvalidInput
from ..loading.company_target import CompanyTarget

# "update" and "noupdate" together make load() create what is missing and leave alone what is there.
CONTEXT = {"mode": "update", "noupdate": True}


class ExternalIds:
    """Finds and creates records through Odoo's external ids.

    They survive a merge of contacts (Odoo moves them to the remaining one), need no field of the
    business models, and come into being in the same transaction as the record.
    """

    def __init__(self, target: CompanyTarget, source: str = "crm") -> None:
        """:param source: name of the CRM in the ids; two CRMs whose ids may be alike need two"""
        self.target = target
        self.module = f"__{source}_import__"

    def name(self, label: str, row_id: str) -> str:
        """Name of the external id of one record of the CRM."""
        return f"{label}_{quote(row_id, safe='')}"

    def find(self, model: str, label: str, row_ids: Iterable[str]) -> dict[str, int]:
        """Odoo ids by the CRM's ids, of those that were imported before.

        :raises AccessDenied: the user may not read external ids
        """
        names = {self.name(label, row_id): row_id for row_id in row_ids}
        domain = [["module", "=", self.module], ["model", "=", model]]
        try:
            found = self.target.find("ir.model.data", "name", list(names), domain, ["res_id"])
        except AccessDenied:
            message = (
                f"user {self.target.user['login']} may not read external ids, by which imported "
                "records are recognised: give the right Administration / Access Rights for the "
                "time of the import"
            )
            raise AccessDenied(message) from None
        return {names[name]: row["res_id"] for name, row in found.items()}

    def known(self, model: str, odoo_ids: Iterable[int]) -> set[int]:
        """Those of Odoo's records that an import has made or found before.

        :raises AccessDenied: the user may not read external ids
        """
        domain = [
            ["module", "=", self.module],
            ["model", "=", model],
            ["res_id", "in", list(odoo_ids)],
        ]
        rows = self.target.read("ir.model.data", domain, ["res_id"])
        return {row["res_id"] for row in rows}

    def adopt(self, model: str, label: str, found: Mapping[str, int]) -> None:
        """Recognise records that were in Odoo before from now on; repeatable.

        :param found: the CRM's id -> Odoo id
        :raises ClientError: Odoo refused; then none of them is recognised
        """
        there = self.find(model, label, found)
        vals = [
            {
                "module": self.module,
                "name": self.name(label, row_id),
                "model": model,
                "res_id": odoo_id,
                "noupdate": True,
            }
            for row_id, odoo_id in found.items()
            if row_id not in there
        ]
        if vals:
            self.target.call("ir.model.data", "create", vals_list=vals)

    def load(
        self, model: str, label: str, values: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, int]:
        """Create what is missing, all or nothing; what is there stays as it is.

        :param values: the CRM's id -> field values; ``name/.id`` for the id of a many2one
        :return: Odoo ids by the CRM's ids
        :raises ClientError: InvalidInput with Odoo's words when it takes one of them not
        """
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row_id, fields in values.items():
            groups[tuple(sorted(fields))].append(row_id)
        ids: dict[str, int] = {}
        for names, row_ids in groups.items():
            data = [
                [
                    f"{self.module}.{self.name(label, row_id)}",
                    *(cell(values[row_id][name]) for name in names),
                ]
                for row_id in row_ids
            ]
            answer = self.target.call(
                model,
                "load",
                context=CONTEXT,
                idempotent=True,
                fields=["id", *names],
                data=data,
            )
            created = answer["ids"] or []
            faults = [str(m["message"]) for m in answer["messages"] if m["type"] == "error"]
            if faults or len(created) != len(row_ids):
                raise InvalidInput("\n".join(faults) or "Odoo created fewer records than asked for")
            ids.update(zip(row_ids, created, strict=True))
        return ids


def cell(value: Any) -> str:
    """A value as Odoo's load() takes it: None and False are empty, True is 1, times are UTC."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
