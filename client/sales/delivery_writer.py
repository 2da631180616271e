"""Deliveries of orders, and returns from customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ..errors import InvalidInput
from .document import Document
from .survey import Survey
from .target import Target
from .values import moment_text

STEPS = 4  # pick, pack, ship and one to spare: chained transfers open one after another


class DeliveryWriter:
    """Validates transfers in full, whatever is in stock, and dates them."""

    def __init__(
        self, target: Target, products: Mapping[str, int], customers: Mapping[str, int]
    ) -> None:
        self.target = target
        self.products = products
        self.customers = customers

    def deliver(self, documents: Sequence[Document], survey: Survey) -> int:
        """Deliver the open transfers of these documents' orders; return their number."""
        day_of = {
            survey.orders[document.reference]["id"]: document.delivery_date
            for document in documents
        }
        done: dict[datetime, list[int]] = defaultdict(list)
        for _ in range(STEPS):
            pickings = self._open(list(day_of))
            if not pickings:
                break
            self._validate([row["id"] for row in pickings])
            for row in pickings:
                done[day_of[row["sale_id"][0]]].append(row["id"])
        self._date(done)
        return sum(len(ids) for ids in done.values())

    def take_back(self, documents: Sequence[Document], survey: Survey) -> int:
        """Make and validate the returns of these credit notes; return their number."""
        missing = [d for d in documents if d.reference not in survey.returns]
        open_ids = [
            survey.returns[d.reference]["id"] for d in documents if d.reference in survey.returns
        ]
        if missing:
            vals = [self.return_values(document) for document in missing]
            open_ids += self.target.call("stock.picking", "create", vals_list=vals)
        self._validate(open_ids)
        rows = self.target.call("stock.picking", "read", open_ids, fields=["origin"])
        days = {document.reference: document.moment for document in documents}
        groups: dict[datetime, list[int]] = defaultdict(list)
        for row in rows:
            groups[days[row["origin"]]].append(row["id"])
        self._date(groups)
        return len(open_ids)

    def return_values(self, document: Document) -> dict[str, Any]:
        """What a customer return is created with: all goods of the credit note."""
        place = {
            "location_id": self._warehouse["customers"],
            "location_dest_id": self._warehouse["stock"],
        }
        moves = [
            {
                "product_id": self.products[line.code],
                "product_uom_qty": float(document.quantity(line)),
                **place,
            }
            for line in document.lines
            if document.quantity(line) > 0 and self._is_goods(line.code)
        ]
        return {
            "picking_type_id": self._warehouse["returns"],
            "company_id": self.target.company_id,
            "origin": document.reference,
            "partner_id": self.customers[document.customer],
            "scheduled_date": moment_text(document.moment),
            "move_ids": [[0, 0, move] for move in moves],
            **place,
        }

    def has_goods(self, document: Document) -> bool:
        """Whether a credit note brings anything back into stock."""
        return any(document.quantity(x) > 0 and self._is_goods(x.code) for x in document.lines)

    def _is_goods(self, code: str) -> bool:
        return self.products[code] not in self._services

    @cached_property
    def _services(self) -> set[int]:
        ids = list(self.products.values())
        domain = [["id", "in", ids], ["type", "!=", "consu"]]
        return {r["id"] for r in self.target.read("product.product", domain, ["id"], archived=True)}

    def _open(self, orders: list[int]) -> list[dict[str, Any]]:
        """Transfers that can be carried out now; later steps of a chain wait."""
        domain = [
            ["sale_id", "in", orders],
            ["state", "in", ["draft", "confirmed", "assigned"]],
        ]
        return self.target.read("stock.picking", domain, ["sale_id"])

    def _validate(self, pickings: list[int]) -> None:
        """Move the full demand, out of nothing if need be (stock may go negative)."""
        if not pickings:
            return
        self.target.call("stock.picking", "action_confirm", pickings)
        domain = [
            ["picking_id", "in", pickings],
            ["state", "not in", ["done", "cancel"]],
        ]
        groups: dict[float, list[int]] = defaultdict(list)
        for move in self.target.read("stock.move", domain, ["product_uom_qty", "quantity"]):
            if move["quantity"] != move["product_uom_qty"]:
                groups[move["product_uom_qty"]].append(move["id"])
        for quantity, ids in groups.items():
            self.target.call("stock.move", "write", ids, vals={"quantity": quantity})
        answer = self.target.call("stock.picking", "button_validate", pickings)
        if isinstance(answer, dict) and answer.get("target") == "new":
            raise InvalidInput(f"Odoo asks before delivering: {answer.get('name', '')}")

    def _date(self, groups: Mapping[datetime, list[int]]) -> None:
        """Give done transfers, and with them their moves, the day they really happened."""
        for moment, ids in groups.items():
            vals = {"date_done": moment_text(moment)}
            self.target.call("stock.picking", "write", ids, vals=vals)

    @cached_property
    def _warehouse(self) -> dict[str, int]:
        """Operation type and locations of customer returns."""
        domain = [["company_id", "=", self.target.company_id]]
        houses = self.target.read(
            "stock.warehouse", domain, ["out_type_id", "in_type_id", "lot_stock_id"], limit=1
        )
        if not houses:
            raise InvalidInput("the company has no warehouse: load without deliveries")
        house = houses[0]
        out = self.target.call(
            "stock.picking.type",
            "read",
            [house["out_type_id"][0]],
            fields=["return_picking_type_id", "default_location_dest_id"],
        )[0]
        returns = out["return_picking_type_id"] or house["in_type_id"]
        return {
            "returns": returns[0],
            "stock": house["lot_stock_id"][0],
            "customers": out["default_location_dest_id"][0],
        }
