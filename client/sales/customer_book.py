"""Customers of the file in Odoo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..loading.countries import Countries
from .document import Document
from .missing_records import MissingRecords
from .sale_line import SaleLine
from .target import Target


class CustomerBook:
    """Finds customers by reference, creates the missing ones, knows their ids."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.records = MissingRecords(target, "res.partner", "ref")
        self.countries = Countries(target)
        self.ids: dict[str, int] = {}

    def prepare(self, documents: Iterable[Document]) -> None:
        """Make sure every customer of these documents exists."""
        lines: dict[str, list[SaleLine]] = {}
        for document in documents:
            lines.setdefault(document.customer, []).extend(document.lines)
        wanted = {ref: group for ref, group in lines.items() if ref not in self.ids}
        values = {ref: self.values(ref, group) for ref, group in wanted.items()}
        self.ids.update(self.records.ensure(values))

    def values(self, ref: str, lines: list[SaleLine]) -> dict[str, Any]:
        """What a new customer is created with; the latest facts in the file count."""
        latest = lines[::-1]
        name = next((x.customer_name for x in latest if x.customer_name), "")
        email = next((x.customer_email for x in latest if x.customer_email), "")
        country = next((x.country for x in latest if x.country), "")
        return {
            "ref": ref,
            "name": name or f"Customer {ref}",
            "is_company": True,
            "email": email or False,
            "country_id": self.countries.id_of(country),
            "customer_rank": 1,
        }
