"""The company of one database that sales are loaded into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from ..connection import Connection
from ..errors import InvalidInput
from .document import Document

# No mails, no followers, no log notes, no pop-ups: history is loaded, nobody is to be told.
CONTEXT: dict[str, Any] = {
    "lang": "en_US",
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "skip_sms": True,
    "tracking_disable": True,
    "tz": "UTC",
}


class Target:
    """Connection, company, currencies and salespeople, looked up once."""

    def __init__(self, connection: Connection, company_id: int | None = None) -> None:
        """
        :param company_id: the user's own company when None
        :raises InvalidInput: no such company for this user, or it has no sales journal
        """
        self.connection = connection
        user = connection.who()
        self.company_id = company_id or user["company_id"][0]
        if self.company_id not in user["company_ids"]:
            raise InvalidInput(f"user {user['login']} has no company {self.company_id}")
        self.context = {**CONTEXT, "allowed_company_ids": [self.company_id]}
        self.today = date.today()
        domain = [["company_id", "=", self.company_id], ["type", "=", "sale"]]
        if not self.read("account.journal", domain, ["name"], limit=1):
            raise InvalidInput(
                f"company {user['company_id'][1]} has no sales journal: "
                "choose a chart of accounts in Odoo first (Invoicing, Settings)"
            )

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        context: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call a method in this company, quietly."""
        return self.connection.call(
            model, method, ids, context={**self.context, **(context or {})}, **kwargs
        )

    def read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        limit: int | None = None,
        archived: bool = False,
    ) -> list[dict[str, Any]]:
        """Records of this company."""
        context = {**self.context, "active_test": not archived}
        return self.connection.search_read(model, domain, fields, limit=limit, context=context)

    def find(
        self,
        model: str,
        field: str,
        values: Sequence[str],
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        archived: bool = False,
    ) -> dict[str, dict[str, Any]]:
        """Records of this company by reference, see Connection.find_by_reference."""
        context = {**self.context, "active_test": not archived}
        return self.connection.find_by_reference(
            model, field, values, domain=domain, fields=fields, context=context
        )

    @cached_property
    def currencies(self) -> dict[str, dict[str, Any]]:
        """Currencies by code, inactive ones included."""
        rows = self.read("res.currency", [], ["name", "decimal_places", "active"], archived=True)
        return {row["name"]: row for row in rows}

    @cached_property
    def company_currency(self) -> str:
        """Code of the company's currency."""
        row = self.call("res.company", "read", [self.company_id], fields=["currency_id"])
        return row[0]["currency_id"][1]

    @cached_property
    def salespeople(self) -> dict[str, int]:
        """User ids by lower-case login and name."""
        rows = self.read("res.users", [["share", "=", False]], ["login", "name"])
        by_name = {row["name"].lower(): row["id"] for row in rows}
        return {**by_name, **{row["login"].lower(): row["id"] for row in rows}}

    def currency_of(self, document: Document) -> str:
        """Code of the document's currency."""
        return document.currency or self.company_currency

    def places(self, document: Document) -> int:
        """Decimal places amounts of the document are rounded to."""
        return int(self.currencies[self.currency_of(document)]["decimal_places"])

    def currency_fault(self, document: Document) -> str:
        """Why the document's currency cannot be used; empty when it can."""
        code = self.currency_of(document)
        if code not in self.currencies:
            return f"{code} is no currency Odoo knows"
        return "" if self.currencies[code]["active"] else f"{code} is not active in Odoo"
