"""What of some documents is in Odoo already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..batched import batched
from .document import CREDIT_NOTE, INVOICE, Document
from .target import SalesTarget

MOVE_FIELDS = (
    "state",
    "payment_state",
    "amount_untaxed",
    "amount_residual",
    "currency_id",
    "move_type",
    "invoice_origin",
)
SLICE = 500  # orders per look-up; keeps the domain small
TRANSFER = ("state", "date_done", "create_date")
SETTLED = ("paid", "in_payment", "reversed")


@dataclass
class ExistingRecords:
    """Records by document reference, as they stood when it was taken."""

    target: SalesTarget
    deliveries: bool
    moves: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    returns: dict[str, dict[str, Any]] = field(default_factory=dict)
    transfers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def look_up(
        cls, target: SalesTarget, documents: Iterable[Document], deliveries: bool
    ) -> ExistingRecords:
        """Look the documents up, a few hundred per request."""
        existing = cls(target, deliveries)
        all_documents = list(documents)
        references = [document.reference for document in all_documents]
        own = [["company_id", "=", target.company_id]]
        kinds = [["move_type", "in", [INVOICE, CREDIT_NOTE]]]
        existing.moves = target.find("account.move", "ref", references, own + kinds, MOVE_FIELDS)
        if deliveries:
            existing._look_at_stock(all_documents, own)
        return existing

    def _look_at_stock(self, documents: list[Document], own: list[Any]) -> None:
        sold = [d.reference for d in documents if not d.is_credit_note]
        back = [d.reference for d in documents if d.is_credit_note and d.goods]
        fields = ("state", "date_order", "picking_ids")
        self.orders = self.target.find("sale.order", "client_order_ref", sold, own, fields)
        by_order = {row["id"]: reference for reference, row in self.orders.items()}
        for part in batched(by_order, SLICE):
            domain = [["sale_id", "in", part], ["return_id", "=", False]]
            for row in self.target.read("stock.picking", domain, ("sale_id", *TRANSFER)):
                self.transfers.setdefault(by_order[row["sale_id"][0]], []).append(row)
        incoming = [*own, ["picking_type_id.code", "=", "incoming"]]
        self.returns = self.target.find("stock.picking", "origin", back, incoming, TRANSFER)

    def is_posted(self, document: Document) -> bool:
        """Whether the invoice or credit note is in the books."""
        move = self.moves.get(document.reference)
        return bool(move and move["state"] == "posted")

    def is_cancelled(self, document: Document) -> bool:
        """Whether somebody cancelled it in Odoo; then it is left alone."""
        move = self.moves.get(document.reference)
        return bool(move and move["state"] == "cancel")

    def needs_payment(self, document: Document) -> bool:
        """Whether its payment is due to be registered by now."""
        move = self.moves.get(document.reference)
        if not move or not document.payment_date or not self.is_posted(document):
            return False
        if document.payment_date.date() > self.target.today:
            return False
        return bool(move["amount_residual"]) and move["payment_state"] not in SETTLED

    def needs_delivery(self, document: Document) -> bool:
        """Whether goods should have moved by now and have not, or have no date yet."""
        if not self.deliveries or not self.is_delivered_by_now(document):
            return False
        if document.is_credit_note:
            back = self.returns.get(document.reference)
            return document.goods and (not back or is_open(back) or is_undated(back))
        rows = self.transfers.get(document.reference, ())
        return any(is_open(row) or is_undated(row) for row in rows)

    def is_delivered_by_now(self, document: Document) -> bool:
        """Whether the delivery day has come; credit notes bring goods back on their day."""
        if document.is_credit_note:
            return True
        return bool(document.delivery_date and document.delivery_date.date() <= self.target.today)

    def is_finished(self, document: Document) -> bool:
        """Whether nothing is left to be done."""
        if self.is_cancelled(document):
            return True
        return (
            self.is_posted(document)
            and not self.needs_payment(document)
            and not self.needs_delivery(document)
        )

    def mismatch(self, document: Document) -> str:
        """How the amount in Odoo differs from the file's, beyond rounding; else empty."""
        move = self.moves.get(document.reference)
        if not move or move["state"] == "cancel":
            return ""
        expected = document.expected(self.target.decimal_places(document))
        found = Decimal(str(move["amount_untaxed"]))
        if move["move_type"] != document.kind:
            return f"{document.reference} is a {move['move_type']} in Odoo"
        if move["currency_id"][1] != self.target.currency_of(document):
            return f"{document.reference} is in {move['currency_id'][1]} in Odoo"
        if abs(found - expected) > Decimal("0.01") * len(document.lines):
            return f"{found:,} in Odoo, {expected:,} in the file"
        return ""


def is_open(transfer: dict[str, Any]) -> bool:
    """Whether a transfer is still to be carried out."""
    return transfer["state"] not in ("done", "cancel")


def is_undated(transfer: dict[str, Any]) -> bool:
    """Whether a done transfer has the time of loading, not yet the day it really happened.

    What happened in the past and was loaded now has a date before its creation.
    """
    return transfer["state"] == "done" and transfer["date_done"] >= transfer["create_date"]
