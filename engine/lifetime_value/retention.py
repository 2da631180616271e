"""Is a customer worth keeping: what a play brings against its cost (docs/prediction_odoo.md)."""

from dataclasses import dataclass

# Whoever stays this surely needs no play: there is hardly anybody to keep.
SAFE_STAY = 0.8
# Whoever is gone this surely cannot be kept: winning back is another play, with other odds.
GONE_STAY = 0.2


@dataclass(frozen=True)
class Plays:
    """What the plays of a company cost and change.

    ``contact_uplift``, ``offer_uplift``: share (0 to 1) of those who would leave that stays after
    a contact alone, and after a contact with an offer. ``contact_cost``: per customer contacted;
    ``offer_cost``: only for those who stay. Both in company currency.
    """

    contact_uplift: float
    offer_uplift: float
    contact_cost: float
    offer_cost: float


@dataclass(frozen=True)
class RetentionVerdict:
    """``verdict``: ``stays``, ``offer``, ``contact``, ``let_go`` or ``no_data``.

    ``untouched``, ``with_contact``, ``with_offer``: expected value in company currency after doing
    nothing, after a contact, and after a contact with an offer. ``max_offer``: the dearest offer
    that still beats the other two; ``gain``: of the verdict over doing nothing.
    """

    verdict: str
    stay_with_contact: float = 0.0
    stay_with_offer: float = 0.0
    untouched: float = 0.0
    with_contact: float = 0.0
    with_offer: float = 0.0
    max_offer: float = 0.0
    gain: float = 0.0


def judge(stay: float | None, value: float | None, plays: Plays) -> RetentionVerdict:
    """Return what to do: act only if p₁·(V - δ) - c > p₀·V.

    :param stay: probability (0 to 1) that the customer stays if nothing is done
    :param value: what the customer is worth if they stay, company currency
    """
    if stay is None or value is None:
        return RetentionVerdict("no_data")
    with_contact = stay + plays.contact_uplift * (1 - stay)
    with_offer = stay + plays.offer_uplift * (1 - stay)
    nothing = stay * value
    contact = with_contact * value - plays.contact_cost
    offer = with_offer * (value - plays.offer_cost) - plays.contact_cost
    alternative = max(nothing, contact)
    max_offer = value - (alternative + plays.contact_cost) / with_offer if with_offer else 0.0
    best = max(nothing, contact, offer)
    if stay >= SAFE_STAY and value > 0:
        verdict = "stays"
    elif best <= nothing or stay < GONE_STAY:
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
