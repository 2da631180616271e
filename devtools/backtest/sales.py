"""From the cells of a file to arrays: customer, day, money, product."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from client.dates import DateReader
from client.tables.preview import EXAMPLES, as_understood
from engine.numerics import get_money_unit

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

    ``customers``: places in ``customer_names``, which are sorted: no order of rows leaves a trace.
    ``unit``: smallest of the amounts, half of which is nothing. ``facts``: column of a fact ->
    (place of the text of each row, -1 for none; texts).
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
    customer_names: list = field(default_factory=list)
    unit: float = 0.01
    facts: dict = field(default_factory=dict)


def read_sales(options) -> Sales:
    """Read a file as the options say.

    :raises BadInput: a column is missing or holds something else, or no row is usable
    """
    table = SalesTable(options.file)
    places = _find_columns(table, options)
    table.read(index for indexes in places.values() for index in indexes)
    customers, names = _read_codes(table, options.customer, *places["customer"])
    days, dates = _read_days(table, options.date, *places["date"])
    amounts = _read_money(table, places["amount"], "amount")
    costs = _read_money(table, places["cost"], "cost") if options.cost else None
    products = _read_products(table, options, places)
    facts = {name: _read_codes(table, name, *places[name]) for name in _get_fact_names(options)}
    priced = np.isfinite(amounts) if costs is None else np.isfinite(amounts) & np.isfinite(costs)
    known, dated = customers >= 0, days > 0
    usable = known & dated & priced
    to_come = usable & _are_to_come(table, days)
    usable &= ~to_come
    counts = _count(table, known, dated, priced)
    counts |= {"used": int(usable.sum()), "negative": int((amounts[usable] < 0).sum())}
    sold = bool((amounts[usable] > 0).any())
    counts |= {"after_today": int(to_come.sum())} if to_come.any() else {}
    _check_used(options, counts, sold)
    guesses = _get_guesses(table, dates, (customers, names), days, amounts, options)
    notes, table = table.notes, None  # the cells of long files are not needed any more
    taken = slice(None) if usable.all() else usable
    return Sales(
        customers=customers[taken],
        days=days[taken],
        amounts=amounts[taken],
        profits=amounts[taken] if costs is None else (amounts - costs)[taken],
        products=None if products is None else products[taken],
        facts={name: (codes[taken], texts) for name, (codes, texts) in facts.items()},
        counts=counts,
        notes=notes,
        dates=dates,
        guesses=guesses,
        customer_names=names,
        unit=get_money_unit(amounts[taken]),
    )


def _read_products(table, options, places):
    return _read_codes(table, options.product, *places["product"])[0] if options.product else None


def _count(table, known, dated, priced):
    """Rows, and how many of them lack what."""
    return {
        "rows": len(table) + table.unreadable,
        "without_customer": int((~known).sum()),
        "without_date": int((known & ~dated).sum()),
        "without_amount": int((known & dated & ~priced).sum()),
        "unreadable": table.unreadable,
    }


def _get_fact_names(options):
    names = (getattr(options, "facts", None) or "").split(",")
    return [name.strip() for name in names if name.strip()]


def _check_used(options, counts, sold):
    if not counts["used"]:
        raise BadInput(f"{options.file} has no row with a customer, a date and an amount.")
    if counts["negative"] and not sold:
        free = counts["used"] - counts["negative"]
        raise BadInput(
            f"--amount: all {counts['negative']} amounts of {options.amount} are negative"
            f"{f' but {free} of nothing' if free else ''}: credit notes alone are no purchases. "
            "Where sales are booked with a minus, turn the sign."
        )


def _find_columns(table, options):
    """Positions of the columns by option: several where they are multiplied."""
    found = {
        "customer": [table.find(options.customer, "customer")],
        "date": [table.find(options.date, "date")],
        "amount": _find_factors(table, options.amount, "amount"),
        "cost": _find_factors(table, options.cost, "cost") if options.cost else [],
        "product": [],
    }
    if options.product:
        found["product"] = [table.find(options.product, "product")]
    return found | {name: [table.find(name, "facts")] for name in _get_fact_names(options)}


def _find_factors(table, name, option):
    """A column, a product of columns (Quantity*UnitPrice), or a unit price with its quantity."""
    if table.locate(name) is None and "*" in name:
        return [table.find(part.strip(), option) for part in name.split("*")]
    index = table.find(name, option)
    quantity = table.find_quantity()
    if "".join(name.casefold().split()) in UNIT_PRICES and quantity is not None:
        table.notes.append(
            f"{name} is a price per unit: it is multiplied with {table.names[quantity]}."
        )
        return [index, quantity]
    return [index]


def _are_to_come(table, days):
    """Rows of days after today, with a note about the first one: nobody has bought there."""
    to_come = days > date.today().toordinal()
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
    count = len(table.notes)
    cells = table.columns[table.find(options.date, "date")]
    del table.notes[count:]  # what is guessed has been noted before
    places, names = customers
    for row in range(min(EXAMPLES, len(table))):
        day = date.fromordinal(int(days[row])) if days[row] else None
        customer = names[places[row]] if places[row] >= 0 else ""
        found.append(
            f"  line {table.lines[row]}: customer {customer}, "
            f"{as_understood('date', cells.texts[cells.places[row]], day)}, "
            f"amount {amounts[row]:.10g}"
        )
    return found


def _read_codes(table, name, index):
    """Number codes from 0 as they sort, -1 for empty ones; and the codes."""
    column = table.columns[index]
    codes, shortened = get_codes(column)
    if shortened:
        table.notes.append(
            f"{name}: {shortened} numbers were shortened by a spreadsheet (9.89E+11) and cannot be "
            "restored: those rows have none."
        )
    names = sorted({code for code in codes if code})
    numbers = {code: number for number, code in enumerate(names)}
    return column.map([numbers.get(code, -1) for code in codes], np.int32), names


def _read_days(table, name, index):
    """Ordinals, 0 for none, and the reader of them.

    :raises BadInput: no dates, or more than 1 % of them lost
    """
    column = table.columns[index]
    counts = column.count()
    reader = learn_days(counts)
    if reader.refusal:
        raise BadInput(f"--date: column {name}: {reader.refusal}; give a file of one format.")
    days = dict(zip(column.texts, get_days(column.texts, reader), strict=True))
    filled = sum(count for text, count in counts.items() if text)
    lost = {text: counts[text] for text, day in days.items() if text and day is None}
    if filled - sum(lost.values()) < MIN_READABLE * filled or not filled:
        example = next((text for text in column.texts if text), "")
        raise BadInput(
            f"--date: column {name} holds no dates that can be read, such as {example!r}."
        )
    spoiled = [text for text in lost if any(sign.isdigit() for sign in text)]
    count = sum(lost[text] for text in spoiled)
    if count > MAX_LOST * filled:
        row = int(np.argmax(column.places == column.texts.index(spoiled[0])))
        raise BadInput(
            f"--date: {count} of {filled} dates in column {name} cannot be read, such "
            f"as {spoiled[0]!r} in line {table.lines[row]}: mend them or leave "
            "those rows out."
        )
    if reader.doubt:
        table.notes.append(f"{name}: {reader.doubt}.")
    return column.map([days[text] or 0 for text in column.texts], np.int32), reader


def _read_money(table, indexes, option):
    """The product of one or more columns."""
    total = None
    for index in indexes:
        numbers = _read_numbers(table, index, option)
        total = numbers if total is None else total * numbers
    return total


def _read_numbers(table, index, option):
    column, name = table.columns[index], table.names[index]
    reader = learn_numbers(column, table.table.delimiter)
    try:
        array = column.map(get_numbers(column, reader), float)
    except BadInput as problem:
        raise BadInput(f"--{option}: column {name} {problem}") from None
    if not np.isfinite(array).any():
        raise BadInput(f"--{option}: column {name} holds no numbers.")
    table.decimal = reader.decimal
    if reader.doubt:
        table.notes.append(f"{name}: {reader.doubt}.")
    if len(reader.currencies) > 1:
        table.notes.append(f"{name}: a toman is counted as ten rials.")
    return array
