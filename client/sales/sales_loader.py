"""Loading a file of sales into one company."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from ..batched import batched
from ..errors import ClientError
from ..loading.bisecting import bisect
from ..loading.progress import Progress
from ..loading.rejects import RejectedLine
from ..rpc.connection import Connection
from .document import Document
from .existing_records import ExistingRecords
from .invoice_writer import InvoiceWriter
from .load_report import LoadReport
from .master_data import CustomerRecords, ProductRecords
from .order_writer import OrderWriter
from .payment_writer import PaymentWriter
from .pipeline import Pipeline
from .sales_file import LoadOptions, SalesFile
from .stock_writer import DeliveryWriter, ReturnWriter
from .target import SalesTarget

MOST_LINES = 1500  # lines per batch: keeps one request far below Odoo's 60 s of processor
LOOK_UP_SIZE = 500  # documents per look-up round
GIVE_UP = 50  # this many refusals without one success: the fault is not in the documents


class SalesLoader:
    """Brings documents into Odoo in batches; bad ones are singled out, the rest goes on.

    After :meth:`run`, ``rejected`` holds every line that is not in Odoo.
    """

    def __init__(
        self,
        connection: Connection,
        sales: SalesFile,
        options: LoadOptions,
        progress: Callable[[int, str], Progress] = Progress,
    ) -> None:
        """
        :param progress: called with number and name of what is about to be done
        :raises ClientError: no such company for this user, or one without a sales journal
        """
        self.target = SalesTarget(connection, options.company_id)
        self.sales = sales
        self.options = options
        self.rejected: list[RejectedLine] = list(sales.rejected)
        self.report = LoadReport(
            lines_read=sales.lines_read,
            lines_out_of_range=sales.out_of_range,
            shifted_days=sales.shifted_days,
        )
        self._progress = progress
        self._accepted = 0
        self._refused: dict[str, str] = {}
        self.products = ProductRecords(self.target, sales.column_map, sales.deliveries)
        self.customers = CustomerRecords(self.target)
        invoices = InvoiceWriter(self.target, self.products.ids, self.customers.ids)
        self.pipeline = Pipeline(
            self.target,
            invoices,
            OrderWriter(self.target, invoices),
            DeliveryWriter(self.target),
            ReturnWriter(self.target, self.products.ids, self.customers.ids),
            sales.deliveries,
        )
        self.payments = PaymentWriter(self.target)

    def run(self) -> LoadReport:
        """Load everything that is not there yet; never raises for what the server refuses.

        A lost connection or missing rights end the run; the report says so, and running
        again goes on from there.
        """
        start = time.monotonic()
        already: set[str] = set()
        try:
            todo = self._unfinished(already)
            self._prepare(todo)
            self._write([d for d in todo if d.reference not in self._refused])
            self._pay()
        except (ClientError, KeyboardInterrupt) as error:
            self.report.interrupted = str(error) or "interrupted"
        self._count(already)
        self.report.seconds = time.monotonic() - start
        return self.report

    def _unfinished(self, already: set[str]) -> list[Document]:
        """Documents with something left to do; ``already`` gets those posted before."""
        todo: list[Document] = []
        bar = self._progress(len(self.sales.documents), "looking up")
        for part in batched(self.sales.documents, LOOK_UP_SIZE):
            usable = [d for d in part if not self._currency_refused(d)]
            existing = ExistingRecords.look_up(self.target, usable, self.sales.deliveries)
            for document in usable:
                other = existing.mismatch(document)
                if other:
                    self._refuse(document, "already in Odoo with another total", other)
                    continue
                if existing.is_posted(document) or existing.is_cancelled(document):
                    already.add(document.reference)
                if not existing.is_finished(document):
                    todo.append(document)
            bar.advance(len(part))
        bar.close()
        return todo

    def _prepare(self, documents: Sequence[Document]) -> None:
        """Products and customers first; documents of refused ones are refused."""
        self.products.prepare(documents)
        self.customers.prepare(documents)
        for document in documents:
            for line in document.lines:
                if line.code in self.products.records.faults:
                    fault = self.products.records.faults[line.code]
                    self._refuse(document, "product refused by Odoo", fault)
                    break
            if document.customer in self.customers.records.faults:
                fault = self.customers.records.faults[document.customer]
                self._refuse(document, "customer refused by Odoo", fault)

    def _write(self, documents: list[Document]) -> None:
        """Orders, deliveries, invoices, postings, returns: batch after batch."""
        bar = self._progress(len(documents), "invoices")
        for part in batches(documents, self.options.batch, MOST_LINES):
            if self._accepted == 0 and len(self._refused) >= GIVE_UP:
                for document in part:
                    self._refuse(document, "not tried", "nothing was accepted before it")
            else:
                refused = len(self._refused)
                self._guarded(part, self.pipeline.run, self._refused_by_server)
                self._accepted += len(part) - (len(self._refused) - refused)
            bar.advance(len(part))
        bar.close()

    def _pay(self) -> None:
        """Register the payments that are due, one group of same-day documents at a time."""
        due = [d for part in batched(self._loaded(), LOOK_UP_SIZE) for d in self.payments.due(part)]
        bar = self._progress(len(due), "payments")
        for key, group in self.payments.groups(due).items():
            for part in batched(group, self.options.batch):
                self._guarded(part, partial(self.payments.pay, key), self._unpaid)
                bar.advance(len(part))
        bar.close()

    def _guarded(
        self,
        part: Sequence[Document],
        action: Callable[[Sequence[Document]], None],
        refused: Callable[[Document, ClientError], None],
    ) -> None:
        """Run a repeatable action; broken lines are tried again, refusals bisected."""
        policy = replace(self.target.connection.retry, attempts=3)
        bisect(part, lambda some: policy.run(lambda: action(some), idempotent=True), refused)

    def _refused_by_server(self, document: Document, error: ClientError) -> None:
        self._refuse(document, "refused by Odoo", str(error))

    def _unpaid(self, document: Document, error: ClientError) -> None:
        self.report.warnings.append(f"payment of {document.reference}: {error}")

    def _currency_refused(self, document: Document) -> bool:
        fault = self.target.currency_fault(document)
        if fault:
            self._refuse(document, "currency", fault)
        return bool(fault)

    def _refuse(self, document: Document, reason: str, detail: str) -> None:
        """Put all lines of a document among the rejected ones, once."""
        if document.reference in self._refused:
            return
        self._refused[document.reference] = reason
        self.rejected += [
            RejectedLine(line.number, line.row, reason, detail, line.date)
            for line in document.lines
        ]

    def _loaded(self) -> list[Document]:
        return [d for d in self.sales.documents if d.reference not in self._refused]

    def _count(self, already: set[str]) -> None:
        """Fill the report: where every line is, and what the books say."""
        report = self.report
        report.lines_rejected = len(self.rejected)
        report.reasons.update(line.reason for line in self.rejected)
        report.counts["customers created"] = self.customers.records.created
        report.counts["products created"] = self.products.records.created
        report.counts.update(self.pipeline.counts)
        report.counts["payments made"] = self.payments.made
        report.counts["documents already there"] = len(already - set(self._refused))
        for part in batched(self._loaded(), LOOK_UP_SIZE):
            try:
                existing = ExistingRecords.look_up(self.target, part, deliveries=False)
            except ClientError:
                report.lines_not_reached += sum(len(d.lines) for d in part)
                continue
            for document in part:
                self._count_document(document, existing, already)

    def _count_document(
        self, document: Document, existing: ExistingRecords, already: set[str]
    ) -> None:
        lines = len(document.lines)
        if document.reference in already:
            self.report.lines_already += lines
        elif existing.is_posted(document):
            self.report.lines_loaded += lines
        else:
            self.report.lines_not_reached += lines
        if existing.is_posted(document):
            other = existing.mismatch(document)
            if other:
                self.report.warnings.append(f"{document.reference} differs: {other}")
            sign = -1 if document.is_credit_note else 1
            expected = document.expected(self.target.decimal_places(document))
            amount = Decimal(str(existing.moves[document.reference]["amount_untaxed"]))
            amount = amount.quantize(expected) if expected else amount
            currency = self.target.currency_of(document)
            self.report.add_amount(currency, sign * expected, sign * amount)


def batches(documents: Sequence[Document], most: int, most_lines: int) -> Iterator[list[Document]]:
    """Consecutive documents, at most ``most`` of them and about ``most_lines`` lines."""
    batch: list[Document] = []
    lines = 0
    for document in documents:
        if batch and (len(batch) >= most or lines + len(document.lines) > most_lines):
            yield batch
            batch, lines = [], 0
        batch.append(document)
        lines += len(document.lines)
    if batch:
        yield batch
