"""Taking one batch of documents through Odoo, from wherever each of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..errors import InvalidInput
from .document import Document
from .existing_records import ExistingRecords
from .invoice_writer import InvoiceWriter
from .order_writer import OrderWriter
from .stock_writer import DeliveryWriter, ReturnWriter
from .target import SalesTarget


class Pipeline:
    """Order, delivery, invoice, posting, return: each step does only what is missing.

    Running a batch again, whole or in part, is harmless: every step looks first.
    """

    def __init__(
        self,
        target: SalesTarget,
        invoices: InvoiceWriter,
        orders: OrderWriter,
        stock: DeliveryWriter,
        returns: ReturnWriter,
        deliveries: bool,
    ) -> None:
        """:param deliveries: whether invoices go the way over orders and transfers"""
        self.target = target
        self.invoices = invoices
        self.orders = orders
        self.stock = stock
        self.returns = returns
        self.deliveries = deliveries
        self.counts: Counter[str] = Counter()

    def run(self, documents: Sequence[Document]) -> None:
        """Finish all of these documents but for payment.

        :raises ClientError: the first refusal; what earlier steps did stays
        """
        before = self._look_up(documents)
        todo = [d for d in documents if not before.is_cancelled(d)]
        sold = [d for d in todo if not d.is_credit_note]
        back = [d for d in todo if d.is_credit_note]
        if self.deliveries:
            self._sell([d for d in sold if d.has_quantity], before)
        self._create([d for d in sold if not (self.deliveries and d.has_quantity)], before)
        self._post([d for d in sold if not before.is_posted(d)])
        self._create(back, before)  # after the invoices they may give back
        self._post([d for d in back if not before.is_posted(d)])
        if self.deliveries:
            self._take_back(back)

    def _sell(self, documents: list[Document], before: ExistingRecords) -> None:
        """Orders of what has no invoice yet, deliveries of what is due."""
        fresh = [d for d in documents if d.reference not in before.moves]
        missing = [d for d in fresh if d.reference not in before.orders]
        self.counts["orders created"] += len(self.orders.create(missing))
        now = self._look_up(documents) if missing else before
        unfinished = [d for d in documents if d.reference in now.orders and not now.is_posted(d)]
        if unfinished:
            self.orders.confirm(unfinished, now)
            now = self._look_up(documents)
        due = [d for d in documents if now.needs_delivery(d)]
        if due:
            self.counts["deliveries done"] += self.stock.deliver(due, now)
        self.orders.invoice([d for d in fresh if d.reference in now.orders], now)

    def _create(self, documents: list[Document], before: ExistingRecords) -> None:
        missing = [d for d in documents if d.reference not in before.moves]
        if missing:
            self.invoices.create(missing)

    def _post(self, documents: list[Document]) -> None:
        """Post every draft, and make sure that each document is in the books now."""
        if not documents:
            return
        now = self._look_up(documents)
        for document in documents:
            if document.reference not in now.moves:
                raise InvalidInput(f"Odoo made no invoice for {document.reference}")
        from_orders = [d for d in documents if d.reference in now.orders]
        self.invoices.set_dates(from_orders, now)
        self.invoices.post(documents, now)
        for document in documents:
            name = "credit notes" if document.is_credit_note else "invoices"
            self.counts[f"{name} posted"] += 1

    def _take_back(self, documents: list[Document]) -> None:
        now = self._look_up(documents)
        due = [d for d in documents if now.needs_delivery(d) and self.returns.has_goods(d)]
        if due:
            self.counts["returns done"] += self.returns.take_back(due, now)

    def _look_up(self, documents: Sequence[Document]) -> ExistingRecords:
        return ExistingRecords.look_up(self.target, documents, self.deliveries)
