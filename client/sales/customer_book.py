"""Customers of the file in Odoo."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from .document import Document
from .missing_records import MissingRecords
from .sale_line import SaleLine
from .target import Target
from .values import heading

# What traders write for countries Odoo knows by another name (compared like headings).
COUNTRY_CODES = {
    "eire": "IE",
    "england": "GB",
    "greatbritain": "GB",
    "uk": "GB",
    "usa": "US",
    "us": "US",
    "unitedstatesofamerica": "US",
    "rsa": "ZA",
    "uae": "AE",
    "holland": "NL",
    "czechrepublic": "CZ",
    "korea": "KR",
    "southkorea": "KR",
    "russia": "RU",
    "turkey": "TR",
    "ایران": "IR",
    "iran": "IR",
    "امارات": "AE",
    "عراق": "IQ",
    "ترکیه": "TR",
}


class CustomerBook:
    """Finds customers by reference, creates the missing ones, knows their ids."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.records = MissingRecords(target, "res.partner", "ref")
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
            "country_id": self.country_id(country),
            "customer_rank": 1,
        }

    def country_id(self, name: str) -> int | bool:
        """Id of a country by its English name, code or usual nickname; False if unknown."""
        key = heading(name)
        return self._countries.get(COUNTRY_CODES.get(key, key).lower(), False)

    @cached_property
    def _countries(self) -> dict[str, int]:
        rows = self.target.read("res.country", [], ["name", "code"])
        by_name = {heading(row["name"]): row["id"] for row in rows}
        return {**by_name, **{row["code"].lower(): row["id"] for row in rows if row["code"]}}
