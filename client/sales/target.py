"""The company of one database that sales are loaded into."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from ..errors import InvalidInput
from ..loading.company_target import CompanyTarget
from ..rpc.connection import Connection
from .document import Document


class SalesTarget(CompanyTarget):
    """Connection, company, currencies and salespeople, looked up once."""

    def __init__(self, connection: Connection, company_id: int | None = None) -> None:
        """
        :param company_id: the user's own company when None
        :raises InvalidInput: no such company for this user, or it has no sales journal
        """
        super().__init__(connection, company_id)
        self.today = date.today()
        domain = [["company_id", "=", self.company_id], ["type", "=", "sale"]]
        if not self.read("account.journal", domain, ["name"], limit=1):
            raise InvalidInput(
                f"company {self.user['company_id'][1]} has no sales journal: "
                "choose a chart of accounts in Odoo first (Invoicing, Settings)"
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

    def decimal_places(self, document: Document) -> int:
        """Decimal places amounts of the document are rounded to."""
        return int(self.currencies[self.currency_of(document)]["decimal_places"])

    def currency_fault(self, document: Document) -> str:
        """Why the document's currency cannot be used; empty when it can."""
        code = self.currency_of(document)
        if code not in self.currencies:
            return f"{code} is no currency Odoo knows"
        return "" if self.currencies[code]["active"] else f"{code} is not active in Odoo"
