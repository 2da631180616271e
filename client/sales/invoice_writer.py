"""Invoices and credit notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from .document import Document, SaleLine
from .existing_records import ExistingRecords
from .target import SalesTarget


class InvoiceWriter:
    """Creates, dates and posts the accounting documents."""

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

    def create(self, documents: Sequence[Document]) -> list[int]:
        """Make drafts, one per document, in one request."""
        origins = self._origins(documents)
        vals = [self.values(document, origins) for document in documents]
        return self.target.call("account.move", "create", vals_list=vals) if vals else []

    def values(self, document: Document, origins: Mapping[str, int]) -> dict[str, Any]:
        """What a draft is created with.

        :param origins: ids of the invoices that credit notes give back, by reference
        """
        values: dict[str, Any] = {
            "move_type": document.kind,
            "company_id": self.target.company_id,
            "ref": document.reference,
            "partner_id": self.customers[document.customer],
            "currency_id": self.target.currencies[self.target.currency_of(document)]["id"],
            "invoice_user_id": self.salesperson_id(document),
            "narration": document.note or False,
            "invoice_line_ids": [
                [0, 0, self.line_values(document, line) | self._balance(document, line)]
                for line in document.lines
            ],
            **self.dates(document),
        }
        if document.credit_of in origins:
            values["reversed_entry_id"] = origins[document.credit_of]
        return values

    def line_values(self, document: Document, line: SaleLine) -> dict[str, Any]:
        """One invoice line, price as given, without taxes."""
        return {
            "product_id": self.products[line.code],
            "name": line.description or line.code,
            "quantity": float(document.quantity(line)),
            "price_unit": float(line.price),
            "tax_ids": [[6, 0, []]],
        }

    def _balance(self, document: Document, line: SaleLine) -> dict[str, float]:
        """The line's amount for the ledger, in the company's own currency only.

        Odoo would find the same number, but by rewriting every line once more: giving it
        halves the time a draft takes (16 to 9 ms a line, measured on 19.0).
        """
        if self.target.currency_of(document) != self.target.company_currency:
            return {}
        amount = document.amount(line, self.target.decimal_places(document))
        balance = float(amount if document.is_credit_note else -amount)
        return {"balance": balance, "amount_currency": balance}

    def salesperson_id(self, document: Document) -> int | bool:
        """The user of the document's salesperson; False when unknown."""
        return self.target.salespeople.get(document.salesperson.lower(), False)

    @staticmethod
    def dates(document: Document) -> dict[str, Any]:
        """Invoice, accounting and due date; without a due date the terms decide."""
        day = document.day.isoformat()
        dates: dict[str, Any] = {"invoice_date": day, "date": day}
        if document.due_date:
            due = max(document.due_date.date(), document.day)
            dates["invoice_payment_term_id"] = False
            dates["invoice_date_due"] = due.isoformat()
        return dates

    def set_dates(self, documents: Sequence[Document], existing: ExistingRecords) -> None:
        """Date the drafts that came from orders, one request per distinct set of dates."""
        groups: dict[tuple, list[int]] = defaultdict(list)
        for document in documents:
            move = existing.moves[document.reference]
            groups[tuple(self.dates(document).items())].append(move["id"])
        for dates, ids in groups.items():
            self.target.call("account.move", "write", ids, vals=dict(dates))

    def post(self, documents: Sequence[Document], existing: ExistingRecords) -> int:
        """Put drafts into the books, in one request, and return their number."""
        ids = [
            existing.moves[document.reference]["id"]
            for document in documents
            if existing.moves[document.reference]["state"] == "draft"
        ]
        if ids:
            self.target.call("account.move", "action_post", ids)
        return len(ids)

    def _origins(self, documents: Sequence[Document]) -> dict[str, int]:
        """Posted invoices that these credit notes name as theirs."""
        references = [d.credit_of for d in documents if d.credit_of]
        domain = [
            ["company_id", "=", self.target.company_id],
            ["move_type", "=", "out_invoice"],
            ["state", "=", "posted"],
        ]
        found = self.target.find("account.move", "ref", references, domain)
        return {reference: row["id"] for reference, row in found.items()}
