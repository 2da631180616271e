"""One row per customer, as of the split date: what the engine says about each."""

import csv
from datetime import date

import numpy as np

from .bad_input import BadInput

HEADINGS = (
    *("customer", "probability", "expected_purchases", "value"),
    *("next_date", "next_date_low", "next_date_high", "reason"),
)
SENTENCES = {
    "one_purchase": "only one purchase: no own pace yet",
    "short_history": "less than half a year of history",
}


def write_scores(path, names, keys, facts, found):
    """Write the scores, the likeliest first; what cannot be said is empty.

    :param names: of all customers, ``keys``: places in them, per customer of the facts
    :param found: Predictions of these customers
    :raises BadInput: the file cannot be written
    """
    likely = np.nan_to_num(found.purchase_probability, nan=-1.0)
    order = np.lexsort((keys, -likely)).tolist()
    try:
        with open(path, "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADINGS)
            writer.writerows(_get_row(names, keys, facts, found, place) for place in order)
    except OSError as problem:
        raise BadInput(f"--scores {path} cannot be written: {problem.strerror}.") from None


def _get_row(names, keys, facts, found, place):
    return (
        _as_text(names[keys[place]]),
        _show(found.purchase_probability[place], 4),
        _show(found.purchases[place], 4),
        _show(found.value[place], 2),
        *(
            _show_day(days[place])
            for days in (found.next_day, found.next_day_low, found.next_day_high)
        ),
        _get_reason(facts, str(found.reason[place]), place),
    )


def _as_text(name):
    """A spreadsheet must not take a customer's code for a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@") else name


def _show(number, digits):
    return f"{number:.{digits}f}" if np.isfinite(number) else ""


def _show_day(day):
    inside = np.isfinite(day) and 1 <= day <= date.max.toordinal()
    return date.fromordinal(round(day)).isoformat() if inside else ""


def _get_reason(facts, code, place):
    """What moved the probability: how often, how long ago, at which pace."""
    occasions = int(facts.occasions[place])
    pause = int(facts.today - facts.last_days[place])
    parts = [f"{occasions} purchases" if occasions > 1 else "1 purchase", f"last {pause} days ago"]
    if occasions > 1:
        gap = (facts.last_days[place] - facts.first_days[place]) / (occasions - 1)
        parts.append(f"usually every {gap:.0f} days")
    if code in SENTENCES:
        parts.append(SENTENCES[code])
    return ", ".join(parts)
