"""Sales orders, and the invoices made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..dates import moment_text
from .document import Document, SaleLine
from .existing_records import ExistingRecords
from .invoice_writer import InvoiceWriter
from .target import SalesTarget


class OrderWriter:
    """Takes invoices of the file the real way: quotation, confirmed order, invoice."""

    def __init__(self, target: SalesTarget, invoices: InvoiceWriter) -> None:
        """:param invoices: knows products, customers and salespeople"""
        self.target = target
        self.invoices = invoices
        self._price_lists: dict[str, int] = {}

    def create(self, documents: Sequence[Document]) -> list[int]:
        """Make quotations, one per document, in one request."""
        vals = [self.values(document) for document in documents]
        return self.target.call("sale.order", "create", vals_list=vals) if vals else []

    def values(self, document: Document) -> dict[str, Any]:
        """What a quotation is created with; the promise is its commitment date."""
        promised = document.promised_date
        return {
            "company_id": self.target.company_id,
            "client_order_ref": document.reference,
            "partner_id": self.invoices.customers[document.customer],
            **self._currency(document),
            "user_id": self.invoices.salesperson_id(document),
            "date_order": moment_text(document.moment),
            "commitment_date": moment_text(promised) if promised else False,
            "order_line": [[0, 0, self.line_values(document, x)] for x in document.lines],
        }

    def _currency(self, document: Document) -> dict[str, int | bool]:
        """An order has the currency of its price list, the company's without any.

        The list only carries the currency: every line has its own price.
        """
        code = self.target.currency_of(document)
        if code == self.target.company_currency:
            return {"pricelist_id": False}
        if code not in self._price_lists:
            currency = self.target.currencies[code]["id"]
            own = ["company_id", "in", [False, self.target.company_id]]
            domain = [["currency_id", "=", currency], own]
            rows = self.target.read("product.pricelist", domain, ["id"], limit=1)
            ids = [row["id"] for row in rows]
            if not ids:
                vals = {"name": f"Loaded sales ({code})", "currency_id": currency}
                ids = self.target.call("product.pricelist", "create", vals_list=[vals])
            self._price_lists[code] = ids[0]
        return {"pricelist_id": self._price_lists[code]}

    def line_values(self, document: Document, line: SaleLine) -> dict[str, Any]:
        """One order line, price as given, without taxes and discount."""
        values = self.invoices.line_values(document, line)
        values["product_uom_qty"] = values.pop("quantity")
        return {**values, "discount": 0.0}

    def confirm(self, documents: Sequence[Document], existing: ExistingRecords) -> int:
        """Confirm quotations and give confirmed orders their own date back."""
        rows = {d.reference: existing.orders[d.reference] for d in documents}
        ids = [row["id"] for row in rows.values() if row["state"] in ("draft", "sent")]
        if ids:
            self.target.call("sale.order", "action_confirm", ids)
        groups: dict[str, list[int]] = defaultdict(list)
        for document in documents:
            row, moment = rows[document.reference], moment_text(document.moment)
            if row["id"] in ids or row["date_order"] != moment:
                groups[moment].append(row["id"])
        for moment, orders in groups.items():
            self.target.call("sale.order", "write", orders, vals={"date_order": moment})
        self._promise([rows[d.reference]["id"] for d in documents if not d.promised_date])
        return len(ids)

    def _promise(self, orders: list[int]) -> None:
        """Where the file promises nothing, let Odoo promise: order date plus lead time.

        At confirmation it took today for the order date.
        """
        if orders:
            self.target.call("sale.order", "write", orders, vals={"commitment_date": False})

    def invoice(self, documents: Sequence[Document], existing: ExistingRecords) -> None:
        """Make one draft invoice per order through Odoo's own wizard."""
        ids = [existing.orders[document.reference]["id"] for document in documents]
        if not ids:
            return
        vals = {
            "advance_payment_method": "delivered",
            "consolidated_billing": False,
            "sale_order_ids": [[6, 0, ids]],
        }
        wizard = self.target.call("sale.advance.payment.inv", "create", vals_list=[vals])
        self.target.call("sale.advance.payment.inv", "create_invoices", wizard)
