"""From the cells of a file to arrays: customer, day, money, product."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from client.dates import DateReader
from client.tables.preview import EXAMPLES, as_understood

from .bad_input import BadInput
from .day_format import get_days, learn_days
from .sales_table import SalesTable, get_codes, get_numbers, learn_numbers

MIN_READABLE = 0.5  # fewer dates than these, and the column is another one
MAX_LOST = 0.01  # more dates than these lost, and the figures are of another shop

UNIT_PRICES = ("unitprice", "price", "priceperunit", "unit_price", "unitcost", "unit_cost")


@dataclass
class Sales:
    """Usable rows; ``counts`` says how many were left out and why, ``notes`` what was assumed,
    ``guesses`` how the file was read.
    """

    customers: np.ndarray
    days: np.ndarray
    amounts: np.ndarray
    profits: np.ndarray
    products: np.ndarray | None
    counts: dict
    notes: list = field(default_factory=list)
    dates: DateReader | None = None
    guesses: list = field(default_factory=list)


def read_sales(options) -> Sales:
    """Read a file as the options say.

    :raises BadInput: with the sentence to show
    """
    table = SalesTable(options.file)
    customers = _read_codes(table, options.customer, "customer")
    days, dates = _read_days(table, options.date)
    amounts = _read_money(table, options.amount, "amount")
    costs = _read_money(table, options.cost, "cost") if options.cost else None
    products = None
    if options.product:
        products = _number(_read_codes(table, options.product, "product"))
    known = np.array([code != "" for code in customers])
    dated = np.array([day is not None for day in days])
    priced = np.isfinite(amounts) if costs is None else np.isfinite(amounts) & np.isfinite(costs)
    to_come = known & dated & priced & _are_to_come(table, days)
    usable = known & dated & priced & ~to_come
    counts = {
        "rows": len(table) + table.unreadable,
        "without_customer": int((~known).sum()),
        "without_date": int((known & ~dated).sum()),
        "without_amount": int((known & dated & ~priced).sum()),
        "unreadable": table.unreadable,
        "used": int(usable.sum()),
        "negative": int((amounts[usable] < 0).sum()),
    }
    if to_come.any():
        counts["after_today"] = int(to_come.sum())
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
        dates=dates,
        guesses=_get_guesses(table, dates, customers, days, amounts, options),
    )


def _are_to_come(table, days):
    """Rows of days after today, with a note about the first one: nobody has bought there."""
    today = date.today().toordinal()
    to_come = np.array([(day or 0) > today for day in days])
    if to_come.any():
        line = table.lines[int(np.argmax(to_come))]
        count = int(to_come.sum())
        table.notes.append(f"{count} rows are of days after today (line {line}): left out.")
    return to_come


def _get_guesses(table, dates, customers, days, amounts, options):
    """How the file was read, and its first rows as they are understood."""
    found = [
        f"{table.path}: {table.described}, {len(table)} rows"
        + ("" if table.has_heading else ", no heading line"),
        f"  decimal sign: {table.decimal}",
        f"  {options.date}: {dates.describe()}",
    ]
    cells = table.get_column(table.find(options.date, "date", quiet=True))
    for row in range(min(EXAMPLES, len(table))):
        day = date.fromordinal(days[row]) if days[row] else None
        found.append(
            f"  line {table.lines[row]}: customer {customers[row]}, "
            f"{as_understood('date', cells[row], day)}, amount {amounts[row]:.10g}"
        )
    return found


def _read_codes(table, name, option):
    codes, shortened = get_codes(table.get_column(table.find(name, option)))
    if shortened:
        table.notes.append(
            f"{name}: {shortened} numbers were shortened by a spreadsheet (9.89E+11) and cannot be "
            "restored: those rows have none."
        )
    return codes


def _number(codes):
    """Number codes from 0 as they come, -1 for empty ones: text of one width can fill a memory."""
    numbers = {}
    for code in codes:
        if code:
            numbers.setdefault(code, len(numbers))
    return np.array([numbers.get(code, -1) for code in codes], dtype=np.int64)


def _read_days(table, name):
    """Ordinals and the reader of them.

    :raises BadInput: no dates, or more than 1 % of them lost
    """
    cells = table.get_column(table.find(name, "date"))
    reader = learn_days(cells)
    if reader.refusal:
        raise BadInput(f"--date: column {name}: {reader.refusal}; give a file of one format.")
    days = get_days(cells, reader)
    filled = [i for i, cell in enumerate(cells) if cell]
    lost = [i for i in filled if days[i] is None]
    if len(filled) - len(lost) < MIN_READABLE * len(filled) or not filled:
        example = next((cell for cell in cells if cell), "")
        raise BadInput(
            f"--date: column {name} holds no dates that can be read, such as {example!r}."
        )
    spoiled = [i for i in lost if any(sign.isdigit() for sign in cells[i])]
    if len(spoiled) > MAX_LOST * len(filled):
        raise BadInput(
            f"--date: {len(spoiled)} of {len(filled)} dates in column {name} cannot be read, such "
            f"as {cells[spoiled[0]]!r} in line {table.lines[spoiled[0]]}: mend them or leave "
            "those rows out."
        )
    if reader.doubt:
        table.notes.append(f"{name}: {reader.doubt}.")
    return days, reader


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
    cells = table.get_column(table.find(name, option))
    reader = learn_numbers(cells, table.table.delimiter)
    try:
        numbers = get_numbers(cells, reader)
    except BadInput as problem:
        raise BadInput(f"--{option}: column {name} {problem}") from None
    array = np.array([np.nan if number is None else number for number in numbers])
    if not np.isfinite(array).any():
        raise BadInput(f"--{option}: column {name} holds no numbers.")
    table.decimal = reader.decimal
    if reader.doubt:
        table.notes.append(f"{name}: {reader.doubt}.")
    if len(reader.currencies) > 1:
        table.notes.append(f"{name}: a toman is counted as ten rials.")
    return array
