"""Is a customer worth keeping: what a play brings against its cost (docs/prediction_odoo.md)."""

from dataclasses import dataclass, fields

import numpy as np

# Whoever stays this surely needs no play: there is hardly anybody to keep.
MAX_STAY_PROBABILITY = 0.8
# Whoever is gone this surely cannot be kept: winning back is another play, with other odds.
MIN_STAY_PROBABILITY = 0.2


@dataclass(frozen=True)
class RetentionPlays:
    """What the plays of a company cost and change.

    ``contact_uplift_ratio``, ``offer_uplift_ratio``: share (0 to 1) of those who would leave that
    stays after a contact alone, and after a contact with an offer. ``contact_cost``: per customer
    contacted; ``offer_cost``: only for those who stay. Both in company currency.
    """

    contact_uplift_ratio: float
    offer_uplift_ratio: float
    contact_cost: float
    offer_cost: float


@dataclass(frozen=True)
class RetentionVerdict:
    """``verdict``: ``stays``, ``offer``, ``contact``, ``let_go`` or ``no_data``.

    Of one customer, or arrays of many, where what is not known is NaN.

    ``contact_stay_probability``, ``offer_stay_probability``: p₁, to stay after the play.

    ``untouched``, ``with_contact``, ``with_offer``: expected value in company currency after doing
    nothing, after a contact, and after a contact with an offer. ``max_offer``: the dearest offer
    that still beats the other two; ``gain``: of the verdict over doing nothing.
    """

    verdict: str
    contact_stay_probability: float = 0.0
    offer_stay_probability: float = 0.0
    untouched: float = 0.0
    with_contact: float = 0.0
    with_offer: float = 0.0
    max_offer: float = 0.0
    gain: float = 0.0


def judge_retention(
    stay_probability: float | None, value: float | None, plays: RetentionPlays
) -> RetentionVerdict:
    """Return what to do for one customer, see :func:`judge_retentions`.

    :param stay_probability, value: ``None`` if unknown: the verdict is ``no_data``
    """
    if stay_probability is None or value is None:
        return RetentionVerdict("no_data")
    found = judge_retentions([stay_probability], [value], plays)
    return RetentionVerdict(*(getattr(found, part.name).tolist()[0] for part in fields(found)))


def judge_retentions(stay_probabilities, values, plays: RetentionPlays) -> RetentionVerdict:
    """Return what to do: act only if p₁·(V - δ) - c > p₀·V (docs/prediction_odoo.md).

    :param stay_probabilities: p₀, that the customer stays if nothing is done
    :param values: V, what the customer is worth if they stay, company currency
    """
    stay = np.asarray(stay_probabilities, dtype=float)
    value = np.asarray(values, dtype=float)
    with_contact = stay + plays.contact_uplift_ratio * (1 - stay)
    with_offer = stay + plays.offer_uplift_ratio * (1 - stay)
    nothing = stay * value
    contact = with_contact * value - plays.contact_cost
    offer = with_offer * (value - plays.offer_cost) - plays.contact_cost
    best = np.maximum(np.maximum(nothing, contact), offer)
    verdict = np.select(
        [
            np.isnan(nothing),
            (stay >= MAX_STAY_PROBABILITY) & (value > 0),
            (best <= nothing) | (stay < MIN_STAY_PROBABILITY),
            offer >= contact,
        ],
        ["no_data", "stays", "let_go", "offer"],
        "contact",
    )
    alternative = np.maximum(nothing, contact) + plays.contact_cost
    # A chance of staying near 0 makes the quotient overflow; such an offer is never the verdict.
    with np.errstate(over="ignore"):
        dearest = value - np.divide(
            alternative, with_offer, out=np.array(value), where=with_offer != 0
        )
    acts = (verdict == "offer") | (verdict == "contact")
    return RetentionVerdict(
        verdict,
        with_contact,
        with_offer,
        nothing,
        contact,
        offer,
        np.where(verdict == "offer", np.maximum(dearest, 0.0), 0.0),
        np.where(acts, best - nothing, 0.0),
    )
