"""One invoice or credit note of the file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .sale_line import SaleLine

INVOICE = "out_invoice"
CREDIT_NOTE = "out_refund"


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
