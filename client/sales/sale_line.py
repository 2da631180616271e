"""One line of the file, understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


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
