"""Further columns as facts of the customers: industry, country, number of employees …"""

import numpy as np

from engine.prediction import Traits

# A column of fewer different numbers is one of codes.
MIN_NUMBERS = 20


def get_traits(sales, split: int) -> Traits | None:
    """Return what customers mostly have in each column up to a day, by place of the customer.

    A column of many different numbers is a number, every other one a text.

    :param sales: with ``facts``: name -> (place of the text of each row, texts)
    """
    if not sales.facts:
        return None
    known = sales.days <= split
    texts, numbers = {}, {}
    for name, (places, values) in sales.facts.items():
        best = _get_usual(sales.customers[known], places[known], len(sales.customer_names))
        amounts = _get_numbers(values)
        if amounts is None:
            texts[name] = np.array([*values, ""], dtype=object)[best]
        else:
            numbers[name] = np.array([*amounts, np.nan])[best]
    return Traits.of(texts, numbers)


def _get_usual(customers, places, size):
    """Return the text most rows of each customer have; of equals the first, -1 for none."""
    rows = places >= 0
    count = int(places.max(initial=0)) + 1
    pairs, rows = np.unique(customers[rows].astype(np.int64) * count + places[rows],
                            return_counts=True)  # fmt: skip
    order = np.lexsort((pairs, -rows))
    owners, first = np.unique(pairs[order] // count, return_index=True)
    best = np.full(size, -1)
    best[owners] = (pairs[order] % count)[first]
    return best


def _get_numbers(values):
    """Return texts as numbers, ``None`` where they are no numbers, or few."""
    if len(values) < MIN_NUMBERS:
        return None
    try:
        return [float(value) for value in values]
    except ValueError:
        return None
