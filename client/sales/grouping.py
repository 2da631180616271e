"""From lines to documents. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..loading.rejected_line import RejectedLine
from .column_map import ColumnMap
from .document import CREDIT_NOTE, INVOICE, Document
from .sale_line import SaleLine

# Facts of the whole document: the first line that tells one decides.
SHARED = ("salesperson", "due_date", "payment_date", "promised_date", "delivery_date")


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
