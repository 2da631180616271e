"""Is a customer worth keeping: what a play brings against its cost (docs/prediction_odoo.md)."""

from dataclasses import dataclass

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
    """Return what to do: act only if p₁·(V - δ) - c > p₀·V (docs/prediction_odoo.md).

    :param stay_probability: p₀, that the customer stays if nothing is done; ``None`` if unknown
    :param value: V, what the customer is worth if they stay, company currency; ``None`` if unknown
    :return: the verdict ``no_data`` if either is unknown
    """
    if stay_probability is None or value is None:
        return RetentionVerdict("no_data")
    with_contact = stay_probability + plays.contact_uplift_ratio * (1 - stay_probability)
    with_offer = stay_probability + plays.offer_uplift_ratio * (1 - stay_probability)
    nothing = stay_probability * value
    contact = with_contact * value - plays.contact_cost
    offer = with_offer * (value - plays.offer_cost) - plays.contact_cost
    alternative = max(nothing, contact)
    max_offer = value - (alternative + plays.contact_cost) / with_offer if with_offer else 0.0
    best = max(nothing, contact, offer)
    if stay_probability >= MAX_STAY_PROBABILITY and value > 0:
        verdict = "stays"
    elif best <= nothing or stay_probability < MIN_STAY_PROBABILITY:
        verdict = "let_go"
    else:
        verdict = "offer" if offer >= contact else "contact"
    return RetentionVerdict(
        verdict,
        with_contact,
        with_offer,
        nothing,
        contact,
        offer,
        max(max_offer, 0.0) if verdict == "offer" else 0.0,
        best - nothing if verdict in ("offer", "contact") else 0.0,
    )
