"""Goods that move: deliveries of orders, and what customers send back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ..dates import moment_text
from ..errors import InvalidInput
from .document import Document, SaleLine
from .existing_records import ExistingRecords, is_open, is_undated
from .target import SalesTarget

STEPS = 4  # pick, pack, ship and one to spare: chained transfers open one after another
# Done moves that brought goods to a customer, by invoice reference and product id.
DeliveredMoves = dict[tuple[str, int], dict[str, Any]]


class Transfers:
    """Validates transfers in full, whatever is in stock, and dates them."""

    def __init__(self, target: SalesTarget) -> None:
        self.target = target

    def validate(self, pickings: Sequence[int]) -> None:
        """Move the full demand, out of nothing if need be (stock may go negative).

        :raises InvalidInput: Odoo wants an answer first
        """
        if not pickings:
            return
        self.target.call("stock.picking", "action_confirm", pickings)
        domain = [
            ["picking_id", "in", list(pickings)],
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
            raise InvalidInput(f"Odoo asks before the transfer: {answer.get('name', '')}")

    def date(self, groups: Mapping[datetime, Sequence[int]]) -> None:
        """Give done transfers, and with them their moves, the moment they really happened."""
        for moment, ids in groups.items():
            vals = {"date_done": moment_text(moment)}
            self.target.call("stock.picking", "write", ids, vals=vals)


class DeliveryWriter:
    """Delivers what has been ordered, in full, on the day the file says."""

    def __init__(self, target: SalesTarget) -> None:
        self.target = target
        self.transfers = Transfers(target)

    def deliver(self, documents: Sequence[Document], existing: ExistingRecords) -> int:
        """Deliver the open transfers of these documents' orders; return the number dated."""
        day_of: dict[int, datetime] = {}
        done: dict[datetime, list[int]] = defaultdict(list)
        for document in documents:
            day = document.delivery_date or document.moment
            day_of[existing.orders[document.reference]["id"]] = day
            for row in existing.transfers.get(document.reference, ()):
                if is_undated(row):
                    done[day].append(row["id"])
        for _ in range(STEPS):
            pickings = self._open(list(day_of))
            if not pickings:
                break
            self.transfers.validate(list(pickings))
            for picking, order in pickings.items():
                done[day_of[order]].append(picking)
        self.transfers.date(done)
        return sum(len(ids) for ids in done.values())

    def _open(self, orders: list[int]) -> dict[int, int]:
        """Transfers that can be carried out now (later steps of a chain wait) -> order."""
        domain = [
            ["sale_id", "in", orders],
            ["state", "in", ["draft", "confirmed", "assigned"]],
            ["return_id", "=", False],
        ]
        rows = self.target.read("stock.picking", domain, ["sale_id"])
        return {row["id"]: row["sale_id"][0] for row in rows}


class ReturnWriter:
    """Makes a transfer from the customer for every credit note of goods."""

    def __init__(
        self, target: SalesTarget, products: Mapping[str, int], customers: Mapping[str, int]
    ) -> None:
        """
        :param products: product ids by code
        :param customers: contact ids by reference
        """
        self.target = target
        self.products = products
        self.customers = customers
        self.transfers = Transfers(target)

    def take_back(self, documents: Sequence[Document], existing: ExistingRecords) -> int:
        """Make and carry out the returns of these credit notes; return their number."""
        missing = [d for d in documents if d.reference not in existing.returns]
        back = [existing.returns[d.reference] for d in documents if d.reference in existing.returns]
        new: list[int] = []
        if missing:
            sent = self._sent([d.credit_of for d in missing if d.credit_of])
            vals = [self.values(document, sent) for document in missing]
            new = self.target.call("stock.picking", "create", vals_list=vals)
        self.transfers.validate([row["id"] for row in back if is_open(row)] + new)
        there = [row["id"] for row in back] + new
        rows = self.target.call("stock.picking", "read", there, fields=["origin"])
        days = {document.reference: document.moment for document in documents}
        groups: dict[datetime, list[int]] = defaultdict(list)
        for row in rows:
            groups[days[row["origin"]]].append(row["id"])
        self.transfers.date(groups)
        return len(there)

    def has_goods(self, document: Document) -> bool:
        """Whether a credit note brings anything back into stock."""
        return any(self._comes_back(document, line) for line in document.lines)

    def values(self, document: Document, sent: DeliveredMoves) -> dict[str, Any]:
        """What a customer return is created with: all goods of the credit note.

        :param sent: moves that brought the goods, when the credit note names its invoice
        """
        locations = {
            "location_id": self._locations["customers"],
            "location_dest_id": self._locations["stock"],
        }
        moves = []
        origin: int | bool = False
        for line in document.lines:
            if self._comes_back(document, line):
                move = sent.get((document.credit_of, self.products[line.code]))
                if move and not origin:
                    origin = move["picking_id"][0]
                vals = {
                    "product_id": self.products[line.code],
                    "product_uom_qty": float(document.quantity(line)),
                }
                moves.append([0, 0, {**vals, **locations, **_link(move)}])
        return {
            "picking_type_id": self._locations["type"],
            "company_id": self.target.company_id,
            "origin": document.reference,
            "return_id": origin,
            "partner_id": self.customers[document.customer],
            "scheduled_date": moment_text(document.moment),
            "move_ids": moves,
            **locations,
        }

    def _comes_back(self, document: Document, line: SaleLine) -> bool:
        return document.quantity(line) > 0 and self.products[line.code] in self._goods

    def _sent(self, references: list[str]) -> DeliveredMoves:
        own = [["company_id", "=", self.target.company_id]]
        orders = self.target.find("sale.order", "client_order_ref", references, own)
        by_order = {row["id"]: reference for reference, row in orders.items()}
        if not by_order:
            return {}
        domain = [["sale_id", "in", list(by_order)], ["return_id", "=", False]]
        pickings = self.target.read("stock.picking", domain, ["sale_id"])
        reference_of = {row["id"]: by_order[row["sale_id"][0]] for row in pickings}
        domain = [
            ["picking_id", "in", list(reference_of)],
            ["state", "=", "done"],
            ["location_dest_id.usage", "=", "customer"],
        ]
        sent: DeliveredMoves = {}
        fields = ["product_id", "picking_id", "sale_line_id"]
        for row in self.target.read("stock.move", domain, fields):
            reference = reference_of[row["picking_id"][0]]
            sent.setdefault((reference, row["product_id"][0]), row)
        return sent

    @cached_property
    def _goods(self) -> set[int]:
        """Ids of the products that are not services; read once all products are known."""
        domain = [["id", "in", list(self.products.values())], ["type", "=", "consu"]]
        rows = self.target.read("product.product", domain, ["id"], archived=True)
        return {row["id"] for row in rows}

    @cached_property
    def _locations(self) -> dict[str, int]:
        """Operation type and locations of customer returns in the first warehouse."""
        domain = [["company_id", "=", self.target.company_id]]
        fields = ["out_type_id", "in_type_id", "lot_stock_id"]
        houses = self.target.read("stock.warehouse", domain, fields, limit=1)
        if not houses:
            raise InvalidInput("the company has no warehouse: load with --no-deliveries")
        house = houses[0]
        fields = ["return_picking_type_id", "default_location_dest_id"]
        ids = [house["out_type_id"][0]]
        out = self.target.call("stock.picking.type", "read", ids, fields=fields)[0]
        return {
            "type": (out["return_picking_type_id"] or house["in_type_id"])[0],
            "stock": house["lot_stock_id"][0],
            "customers": out["default_location_dest_id"][0],
        }


def _link(move: dict[str, Any] | None) -> dict[str, Any]:
    """How a returned move points at what it undoes, as Odoo's own return wizard sets it."""
    if not move or not move["sale_line_id"]:
        return {}
    return {
        "origin_returned_move_id": move["id"],
        "sale_line_id": move["sale_line_id"][0],
        "to_refund": True,
    }
