"""Products and customers of the file: found in Odoo by reference, else created."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..batched import batched
from ..cells.signs import mail_text
from ..errors import ClientError
from ..loading.bisecting import bisect
from ..loading.countries import Countries
from .column_map import ColumnMap
from .document import Document, SaleLine
from .target import SalesTarget

BATCH = 200  # products or contacts per request; a request stays well under ten seconds


class FindOrCreate:
    """Finds records of one model by reference and creates the others."""

    def __init__(self, target: SalesTarget, model: str, field: str) -> None:
        """:param field: the external reference, e.g. ``default_code``"""
        self.target = target
        self.model = model
        self.field = field
        self.created = 0
        self.faults: dict[str, str] = {}

    def ensure(
        self,
        values: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, int]:
        """Ids by reference; what the server refuses is left out and put into ``faults``.

        :param values: reference -> values to create it with when it is missing
        """
        company = self.target.company_id
        domain = [["company_id", "in", [False, company]]]
        ids: dict[str, int] = {}

        def settle(part: Sequence[str]) -> None:
            found = self.target.find(self.model, self.field, part, domain, archived=True)
            ids.update({key: row["id"] for key, row in found.items()})
            missing = [key for key in part if key not in found]
            if missing:
                vals = [dict(values[key]) for key in missing]
                new = self.target.call(self.model, "create", vals_list=vals)
                ids.update(zip(missing, new, strict=True))
                self.created += len(new)

        def refuse(key: str, error: ClientError) -> None:
            self.faults[key] = str(error)

        retry = self.target.connection.retry
        for part in batched(values, BATCH):
            retry.run(partial(bisect, part, settle, refuse), idempotent=True)
        return ids


class ProductRecords:
    """Finds products by internal reference, creates the missing ones, knows their ids."""

    def __init__(self, target: SalesTarget, column_map: ColumnMap, storable: bool) -> None:
        """:param storable: whether goods are kept in stock (deliveries are loaded)"""
        self.target = target
        self.column_map = column_map
        self.storable = storable
        self.records = FindOrCreate(target, "product.product", "default_code")
        self.ids: dict[str, int] = {}

    def prepare(self, documents: Iterable[Document]) -> None:
        """Make sure every product of these documents exists."""
        lines: dict[str, list[SaleLine]] = {}
        for document in documents:
            for line in document.lines:
                lines.setdefault(line.code, []).append(line)
        wanted = {code: group for code, group in lines.items() if code not in self.ids}
        categories = self._categories(wanted)
        values = {code: self.values(code, group, categories) for code, group in wanted.items()}
        self.ids.update(self.records.ensure(values))

    def values(
        self, code: str, lines: list[SaleLine], categories: dict[str, int]
    ) -> dict[str, Any]:
        """What a new product is created with, from its lines in the file.

        Name: the most frequent description; price and cost: the latest given ones.
        """
        names = Counter(line.description for line in lines if line.description)
        prices = [line.price for line in lines if line.price > 0]
        costs = [line.cost for line in lines if line.cost is not None]
        service = self.column_map.is_service(code)
        values: dict[str, Any] = {
            "default_code": code,
            "name": names.most_common(1)[0][0] if names else code,
            "type": "service" if service else "consu",
            "list_price": float(prices[-1]) if prices else 0.0,
            "taxes_id": [[6, 0, []]],
            "invoice_policy": "order",
            "purchase_ok": not service,
        }
        if self.storable and not service:
            values["is_storable"] = True
        if costs:
            values["standard_price"] = float(costs[-1])
        category = next((line.category for line in lines if line.category), "")
        if category in categories:
            values["categ_id"] = categories[category]
        return values

    def _categories(self, lines: dict[str, list[SaleLine]]) -> dict[str, int]:
        """Product category ids by name, created when missing."""
        names = {line.category for group in lines.values() for line in group}
        names.discard("")
        found = self.target.find("product.category", "name", sorted(names))
        ids = {name: row["id"] for name, row in found.items()}
        missing = sorted(names - set(ids))
        if missing:
            new = self.target.call(
                "product.category", "create", vals_list=[{"name": n} for n in missing]
            )
            ids.update(zip(missing, new, strict=True))
        return ids


class CustomerRecords:
    """Finds customers by reference, creates the missing ones, knows their ids."""

    def __init__(self, target: SalesTarget) -> None:
        self.target = target
        self.records = FindOrCreate(target, "res.partner", "ref")
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
            "email": mail_text(email) or False,
            "country_id": self.countries.id_of(country),
            "customer_rank": 1,
        }
