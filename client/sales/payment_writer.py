"""Payments of invoices and credit notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .document import Document
from .survey import Survey
from .target import Target

Key = tuple[str, str, str]


class PaymentWriter:
    """Registers payments through Odoo's own wizard, on the day they were made."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def groups(self, documents: Sequence[Document]) -> dict[Key, list[Document]]:
        """Documents that one wizard can pay: same day, direction and currency."""
        groups: dict[Key, list[Document]] = defaultdict(list)
        for document in sorted(documents, key=lambda d: d.payment_date or d.moment):
            day = (document.payment_date or document.moment).date()
            day = max(day, document.day)
            key = (day.isoformat(), document.kind, self.target.currency_of(document))
            groups[key].append(document)
        return dict(groups)

    def pay(self, key: Key, documents: Sequence[Document], survey: Survey) -> int:
        """Pay what is open of documents of one group, one payment each."""
        ids = [
            survey.moves[document.reference]["id"]
            for document in documents
            if survey.needs_payment(document)
        ]
        if not ids:
            return 0
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
        return len(ids)
