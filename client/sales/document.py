"""Lines of the file, and the invoices and credit notes they make up. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..loading.rejects import RejectedLine
from .column_map import ColumnMap

INVOICE = "out_invoice"
CREDIT_NOTE = "out_refund"
# Facts of the whole document: the first line that tells one decides.
SHARED = ("salesperson", "due_date", "payment_date", "promised_date", "delivery_date")


@dataclass(slots=True)
class SaleLine:
    """Values of one input line; optional ones are empty when the file has none.

    ``number`` is the line's number in the file, ``row`` its cells as they were read.
    """

    number: int
    row: tuple[str, ...]
    invoice: str
    code: str
    quantity: Decimal
    price: Decimal
    date: datetime
    customer: str
    description: str = ""
    country: str = ""
    customer_name: str = ""
    customer_email: str = ""
    category: str = ""
    cost: Decimal | None = None
    currency: str = ""
    salesperson: str = ""
    due_date: datetime | None = None
    payment_date: datetime | None = None
    promised_date: datetime | None = None
    delivery_date: datetime | None = None
    credit_of: str = ""


@dataclass(slots=True)
class Document:
    """Lines with one invoice number, of one customer, in one currency.

    :param reference: what it is found by in Odoo: prefix + invoice number
    :param kind: ``out_invoice`` or ``out_refund``
    :param sign: factor from the file's quantities to the document's
    :param moment: when it was issued; only its day counts for the books
    :param service: product codes of this file that are services
    """

    reference: str
    kind: str
    sign: int
    customer: str
    moment: datetime
    lines: list[SaleLine] = field(default_factory=list)
    currency: str = ""
    note: str = ""
    salesperson: str = ""
    due_date: datetime | None = None
    payment_date: datetime | None = None
    promised_date: datetime | None = None
    delivery_date: datetime | None = None
    credit_of: str = ""
    goods: bool = True

    @property
    def day(self) -> date:
        """The invoice date."""
        return self.moment.date()

    @property
    def is_credit_note(self) -> bool:
        """Whether it becomes a credit note in Odoo."""
        return self.kind == CREDIT_NOTE

    @property
    def has_quantity(self) -> bool:
        """Whether anything is sold at all; Odoo invoices no order of zeros."""
        return any(line.quantity for line in self.lines)

    def quantity(self, line: SaleLine) -> Decimal:
        """The line's quantity as it stands on the document."""
        return line.quantity * self.sign

    def amount(self, line: SaleLine, places: int) -> Decimal:
        """The line's amount on the document, rounded half up."""
        unit = Decimal(1).scaleb(-places)
        return (self.quantity(line) * line.price).quantize(unit, ROUND_HALF_UP)

    def expected(self, places: int) -> Decimal:
        """What Odoo must show as untaxed amount: the sum of the rounded lines."""
        return sum((self.amount(line, places) for line in self.lines), Decimal(0))

    def shifted(self, days: int) -> Document:
        """The same document with every date moved."""
        step = timedelta(days=days)
        return replace(
            self,
            moment=self.moment + step,
            due_date=self.due_date and self.due_date + step,
            payment_date=self.payment_date and self.payment_date + step,
            promised_date=self.promised_date and self.promised_date + step,
            delivery_date=self.delivery_date and self.delivery_date + step,
        )


def group_lines(
    lines: Iterable[SaleLine], column_map: ColumnMap, prefix: str = ""
) -> tuple[list[Document], list[RejectedLine]]:
    """Documents by date and number, and the lines that fit into none.

    :param prefix: put before every invoice number to make the reference in Odoo
    """
    by_number: dict[str, list[SaleLine]] = {}
    for line in lines:
        by_number.setdefault(line.invoice, []).append(line)
    documents: list[Document] = []
    rejected: list[RejectedLine] = []
    for group in by_number.values():
        kept, others = _same_party(group)
        documents.append(make_document(kept, column_map, prefix))
        rejected += others
    documents.sort(key=lambda document: document.moment)
    return documents, rejected


def make_document(lines: list[SaleLine], column_map: ColumnMap, prefix: str = "") -> Document:
    """One document of lines of the same invoice, customer and currency.

    A credit note's quantities are made positive, whichever way the file signs them. A normal
    invoice with a negative total becomes a credit note too: Odoo posts no such invoice.
    """
    first = lines[0]
    total = sum(line.quantity * line.price for line in lines)
    units = sum(line.quantity for line in lines)
    negative = total < 0 or (total == 0 and units < 0)
    marked = column_map.is_credit_note(first.invoice)
    note = ""
    if total < 0 and not marked:
        note = f"Invoice {first.invoice} has a negative total: loaded as a credit note."
    credit = marked or total < 0
    shared: dict[str, Any] = {
        name: next((value for line in lines if (value := getattr(line, name))), None)
        for name in SHARED
    }
    shared["salesperson"] = shared["salesperson"] or ""
    origin = next((line.credit_of for line in lines if line.credit_of), "")
    return Document(
        reference=prefix + first.invoice,
        kind=CREDIT_NOTE if credit else INVOICE,
        sign=-1 if credit and negative else 1,
        customer=first.customer,
        moment=min(line.date for line in lines),
        lines=lines,
        currency=first.currency,
        note=note,
        credit_of=prefix + origin if credit and origin else "",
        goods=any(line.quantity and not column_map.is_service(line.code) for line in lines),
        **shared,
    )


def _same_party(lines: list[SaleLine]) -> tuple[list[SaleLine], list[RejectedLine]]:
    """Lines with the customer and currency of the first one, and the others rejected."""
    kept: list[SaleLine] = []
    rejected: list[RejectedLine] = []
    first = lines[0]
    for line in lines:
        if line.customer != first.customer:
            reason = "another customer on the same invoice"
        elif line.currency != first.currency:
            reason = "another currency on the same invoice"
        else:
            kept.append(line)
            continue
        detail = f"{line.customer} {line.currency}".strip()
        rejected.append(RejectedLine(line.number, line.row, reason, detail, line.date))
    return kept, rejected
