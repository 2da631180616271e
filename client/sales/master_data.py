"""Products of the file in Odoo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .column_map import ColumnMap
from .document import Document
from .missing_records import MissingRecords
from .sale_line import SaleLine
from .target import Target


class ProductCatalog:
    """Finds products by internal reference, creates the missing ones, knows their ids."""

    def __init__(self, target: Target, column_map: ColumnMap, storable: bool) -> None:
        """:param storable: whether goods are kept in stock (deliveries are loaded)"""
        self.target = target
        self.column_map = column_map
        self.storable = storable
        self.records = MissingRecords(target, "product.product", "default_code")
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
