"""From the cells of a file to arrays: customer, day, money, product."""

from dataclasses import dataclass, field

import numpy as np

from .bad_input import BadInput
from .day_format import find_day_format, get_day_text, get_days, get_other_reading, is_day
from .sales_table import SalesTable, get_codes, get_numbers

UNIT_PRICES = ("unitprice", "price", "priceperunit", "unit_price", "unitcost", "unit_cost")


@dataclass
class Sales:
    """Usable rows; ``counts`` says how many were left out and why, ``notes`` what was assumed."""

    customers: np.ndarray
    days: np.ndarray
    amounts: np.ndarray
    profits: np.ndarray
    products: np.ndarray | None
    counts: dict
    notes: list = field(default_factory=list)
    day_format: str | None = None


def read_sales(options) -> Sales:
    """Read a file as the options say.

    :raises BadInput: with the sentence to show
    """
    table = SalesTable(options.file)
    customers = get_codes(table.get_column(table.find(options.customer, "customer")))
    days, form = _read_days(table, options.date)
    amounts = _read_money(table, options.amount, "amount")
    costs = _read_money(table, options.cost, "cost") if options.cost else None
    products = None
    if options.product:
        codes = get_codes(table.get_column(table.find(options.product, "product")))
        products = _number(codes)
    known = np.array([code != "" for code in customers])
    dated = np.array([day is not None for day in days])
    priced = np.isfinite(amounts) if costs is None else np.isfinite(amounts) & np.isfinite(costs)
    usable = known & dated & priced
    counts = {
        "rows": len(table) + table.unreadable,
        "without_customer": int((~known).sum()),
        "without_date": int((known & ~dated).sum()),
        "without_amount": int((known & dated & ~priced).sum()),
        "unreadable": table.unreadable,
        "used": int(usable.sum()),
        "negative": int((amounts[usable] < 0).sum()),
    }
    if not usable.any():
        raise BadInput(f"{options.file} has no row with a customer, a date and an amount.")
    return Sales(
        customers=_number(customers)[usable],
        days=np.array([day or 0 for day in days])[usable],
        amounts=amounts[usable],
        profits=amounts[usable] if costs is None else (amounts - costs)[usable],
        products=None if products is None else products[usable],
        counts=counts,
        notes=table.notes,
        day_format=form,
    )


def _number(codes):
    """Number codes from 0 as they come, -1 for empty ones: text of one width can fill a memory."""
    numbers = {}
    for code in codes:
        if code:
            numbers.setdefault(code, len(numbers))
    return np.array([numbers.get(code, -1) for code in codes], dtype=np.int64)


def _read_days(table, name):
    cells = table.get_column(table.find(name, "date"))
    form = find_day_format(cells)
    if not form:
        example = next((cell for cell in cells if cell), "")
        raise BadInput(
            f"--date: column {name} holds no dates that can be read, such as {example!r}."
        )
    texts = [get_day_text(cell) for cell in set(cells) if cell.strip()]
    other = get_other_reading(form)
    if other and all(is_day(text, other) for text in texts if is_day(text, form)):
        table.notes.append(f"{name} could be read in two ways: {form} was taken, not {other}.")
    return get_days(cells, form), form


def _read_money(table, name, option):
    """A column, a product of columns (Quantity*UnitPrice), or a unit price with its quantity."""
    if table.locate(name) is None and "*" in name:
        total = np.ones(len(table))
        for part in name.split("*"):
            total = total * _read_numbers(table, part.strip(), option)
        return total
    numbers = _read_numbers(table, name, option)
    quantity = table.find_quantity()
    compact = "".join(name.casefold().split())
    if compact in UNIT_PRICES and quantity is not None:
        table.notes.append(
            f"{name} is a price per unit: it is multiplied with {table.names[quantity]}."
        )
        return numbers * _read_numbers(table, table.names[quantity], option)
    return numbers


def _read_numbers(table, name, option):
    numbers = get_numbers(table.get_column(table.find(name, option)))
    array = np.array([np.nan if number is None else number for number in numbers])
    if not np.isfinite(array).any():
        raise BadInput(f"--{option}: column {name} holds no numbers.")
    return array
