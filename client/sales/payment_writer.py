"""Payments of invoices and credit notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .document import Document
from .existing_records import ExistingRecords
from .target import SalesTarget

PaymentGroup = tuple[str, str, str]


class PaymentWriter:
    """Registers payments through Odoo's own wizard, on the day they were made."""

    def __init__(self, target: SalesTarget) -> None:
        self.target = target
        self.made = 0

    def groups(self, documents: Sequence[Document]) -> dict[PaymentGroup, list[Document]]:
        """Documents that one wizard can pay: same day, direction and currency."""
        groups: dict[PaymentGroup, list[Document]] = defaultdict(list)
        for document in sorted(documents, key=lambda d: d.payment_date or d.moment):
            day = (document.payment_date or document.moment).date()
            day = max(day, document.day)
            key = (day.isoformat(), document.kind, self.target.currency_of(document))
            groups[key].append(document)
        return dict(groups)

    def due(self, documents: Sequence[Document]) -> list[Document]:
        """Those whose payment should be in the books by now and is not."""
        if not any(document.payment_date for document in documents):
            return []
        existing = ExistingRecords.look_up(self.target, documents, deliveries=False)
        return [document for document in documents if existing.needs_payment(document)]

    def pay(self, key: PaymentGroup, documents: Sequence[Document]) -> None:
        """Pay what is open of documents of one group, one payment each."""
        existing = ExistingRecords.look_up(self.target, documents, deliveries=False)
        ids = [
            existing.moves[document.reference]["id"]
            for document in documents
            if existing.needs_payment(document)
        ]
        if not ids:
            return
        context = {
            "active_model": "account.move",
            "active_ids": ids,
            "dont_redirect_to_payments": True,
        }
        wizard = self.target.call(
            "account.payment.register",
            "create",
            vals_list=[{"payment_date": key[0], "group_payment": False}],
            context=context,
        )
        self.target.call(
            "account.payment.register", "action_create_payments", wizard, context=context
        )
        self.made += len(ids)
