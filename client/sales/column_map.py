"""Which column of a file holds which of our fields."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..cells.signs import heading
from ..errors import InvalidInput

REQUIRED = ("invoice", "code", "quantity", "date", "price", "customer")

# Our field: headings it is recognised by, compared without case, spaces and signs.
HEADINGS: dict[str, tuple[str, ...]] = {
    "invoice": ("InvoiceNo", "Invoice", "Invoice Number", "Invoice ID", "شماره فاکتور"),
    "code": ("StockCode", "Product Code", "SKU", "Item Code", "Default Code", "کد کالا"),
    "description": ("Description", "Product Name", "Product", "Item", "شرح کالا", "شرح"),
    "quantity": ("Quantity", "Qty", "Units", "تعداد"),
    "date": ("InvoiceDate", "Date", "Order Date", "تاریخ فاکتور", "تاریخ"),
    "price": ("UnitPrice", "Price", "Price Unit", "قیمت واحد", "فی"),
    "customer": ("CustomerID", "Customer Code", "Customer No", "Customer", "کد مشتری"),
    "country": ("Country", "کشور"),
    "customer_name": ("CustomerName", "Company Name", "Client Name", "نام مشتری"),
    "customer_email": ("CustomerEmail", "E-mail", "Email", "ایمیل"),
    "category": ("Category", "Product Category", "گروه کالا"),
    "cost": ("Cost", "Unit Cost", "Standard Price", "بهای تمام شده"),
    "currency": ("Currency", "ارز"),
    "salesperson": ("Salesperson", "Salesman", "Sales Rep", "فروشنده"),
    "due_date": ("DueDate", "سررسید"),
    "payment_date": ("PaymentDate", "Paid On", "تاریخ پرداخت"),
    "promised_date": ("PromisedDate", "Commitment Date", "تاریخ وعده"),
    "delivery_date": ("DeliveryDate", "Delivered On", "تاریخ تحویل"),
    "credit_of": ("CreditOf", "Original Invoice", "فاکتور اصلی"),
}
FIELDS = tuple(HEADINGS)
DATE_FIELDS = ("date", "due_date", "payment_date", "promised_date", "delivery_date")


@dataclass(frozen=True)
class ColumnMap:
    """How to read one kind of file; the default is the Online Retail layout.

    :param columns: our field -> heading in the file, for those not recognised by themselves
    :param date_format: ``iso`` or a ``strptime`` format; found out when None
    :param decimal: ``.``, ``,`` or ``/``; found out from the delimiter when None
    :param delimiter: found out when None
    :param encoding: found out when None
    :param credit_prefix: an invoice number with this beginning is a credit note
    :param service_codes: product codes that are services, besides those without a digit
    """

    columns: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    credit_prefix: str = "C"
    service_codes: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: str | Path) -> ColumnMap:
        """Read a map from JSON: our field names and the settings above, side by side.

        :raises InvalidInput: the file is not such a map
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise InvalidInput(f"cannot read the map {path}: {error}") from None
        if not isinstance(content, dict):
            raise InvalidInput(f"the map {path} is not a JSON object")
        return cls.from_dict(content)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> ColumnMap:
        """A map from ``{our field or setting: value}``; null leaves a column out.

        :raises InvalidInput: an entry is unknown
        """
        settings = {f.name for f in fields(cls)} - {"columns"}
        unknown = set(content) - settings - set(FIELDS)
        if unknown:
            raise InvalidInput(
                f"the map has unknown entries: {', '.join(sorted(unknown))}; "
                f"known are {', '.join((*FIELDS, *sorted(settings)))}"
            )
        given = {name: content[name] for name in settings if name in content}
        given["service_codes"] = tuple(given.get("service_codes") or ())
        columns = {name: content[name] or "" for name in FIELDS if name in content}
        return cls(columns=columns, **given)

    def positions(self, header: Sequence[str]) -> dict[str, int]:
        """Our field -> index in the header row.

        :raises InvalidInput: a named or required column is not there
        """
        index = {heading(name): i for i, name in reversed(list(enumerate(header)))}
        found: dict[str, int] = {}
        for name, known in HEADINGS.items():
            if name in self.columns:
                wanted = self.columns[name]
                if wanted and heading(wanted) not in index:
                    raise InvalidInput(f"the file has no column {wanted!r} ({name})")
                known = (wanted,) if wanted else ()
            position = next((index[heading(k)] for k in known if heading(k) in index), None)
            if position is not None and position not in found.values():
                found[name] = position
        missing = [name for name in REQUIRED if name not in found]
        if missing:
            raise InvalidInput(
                f"no column found for {', '.join(missing)} among {', '.join(header)}; "
                "name them in a map (--map)"
            )
        return found

    def is_service(self, code: str) -> bool:
        """Postage, discounts, charges: codes without any digit, or listed ones."""
        return code in self.service_codes or not any(c.isdigit() for c in code)

    def is_credit_note(self, invoice: str) -> bool:
        """Whether the number marks a credit note."""
        return bool(self.credit_prefix) and invoice.startswith(self.credit_prefix)
