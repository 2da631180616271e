"""Lifecycle stage of a customer: from the prediction, or without one from the gaps."""

from dataclasses import dataclass

import numpy as np

STAGES = ("prospect", "new", "active", "slipping", "lapsed", "won_back")
# Own quantiles of fewer gaps say nothing yet; the company's stand in for them.
MIN_OWN_GAPS = 3
# A return after a pause longer than this, or than three median gaps, counts as won back.
MIN_WON_BACK_PAUSE_DAYS = 365
# With a prediction: a pause only this share of the customer's pauses should reach is too long.
MIN_ACTIVE_PAUSE_PROBABILITY = 0.2
# Below these a customer is no longer active, and no longer slipping.
MIN_ACTIVE_ALIVE_PROBABILITY = 0.5
MIN_SLIPPING_ALIVE_PROBABILITY, MIN_SLIPPING_PURCHASE_PROBABILITY = 0.2, 0.05
# Used until the company has one repeat purchase.
DEFAULT_MEDIAN_GAP_DAYS = 90.0


@dataclass(frozen=True)
class CompanyGaps:
    """Quantiles in days of all gaps between occasions of one company's customers."""

    median: float = DEFAULT_MEDIAN_GAP_DAYS
    p80: float = DEFAULT_MEDIAN_GAP_DAYS * 2
    p95: float = DEFAULT_MEDIAN_GAP_DAYS * 4


@dataclass(frozen=True)
class StageFacts:
    """What the stage is read from: times in days, ``None`` if unknown.

    Numbers of one customer, or one array per fact of many, NaN if unknown.
    """

    occasions: int
    pause: int | None
    gap_count: int
    gap_p80: float | None
    gap_p95: float | None
    recent_longest_gap: int | None

    def as_arrays(self) -> "StageFacts":
        """Return the same facts as arrays."""
        return StageFacts(*(_as_array(value) for value in vars(self).values()))


@dataclass(frozen=True)
class StagePrediction:
    """Probabilities, 0 to 1: alive, buys within the horizon, a pause as long as the present one.

    Numbers, or arrays that are NaN for whom nothing is foretold.
    """

    alive_probability: float
    purchase_probability: float
    pause_probability: float

    def as_arrays(self) -> "StagePrediction":
        """Return the same probabilities as arrays."""
        return StagePrediction(*(_as_array(value) for value in vars(self).values()))


UNKNOWN = StagePrediction(None, None, None)


@dataclass(frozen=True)
class LeavingDays:
    """What a company calls leaving: days without a purchase beyond which customers slip, lapse."""

    slipping: int
    lapsed: int


def _as_array(value):
    return np.atleast_1d(np.asarray(value, dtype=float))


def get_pause_limits(
    facts: StageFacts, company: CompanyGaps, leaving: LeavingDays | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pauses in days after which customers are slipping, and lapsed.

    The own 80 % and 95 % quantiles from three gaps on, else the company's; those the company has
    set, if it has.
    """
    if leaving:
        size = np.shape(facts.gap_count)
        return np.full(size, float(leaving.slipping)), np.full(size, float(leaving.lapsed))
    own = facts.gap_count >= MIN_OWN_GAPS
    return np.where(own, facts.gap_p80, company.p80), np.where(own, facts.gap_p95, company.p95)


def get_stage(
    facts: StageFacts,
    company: CompanyGaps,
    prediction: StagePrediction | None = None,
    leaving: LeavingDays | None = None,
) -> str:
    """Return the lifecycle stage of one customer, see :func:`get_stages`.

    :param prediction: by the model of the company; ``None`` while there is none
    """
    return str(get_stages(facts, company, prediction or UNKNOWN, leaving)[0])


def get_stages(
    facts: StageFacts,
    company: CompanyGaps,
    prediction: StagePrediction,
    leaving: LeavingDays | None = None,
) -> np.ndarray:
    """Return the lifecycle stages, each of :data:`STAGES` (docs/formulas.md, *Lifecycle stage*).

    :param company: gaps of the company, which stand in for those of a customer with few
    :param prediction: by the model of the company; where it foretells nothing, the pause is judged
        by gaps alone
    :param leaving: the company's own definition, which then decides alone; ``None``: what is
        learned decides
    """
    facts, prediction = facts.as_arrays(), prediction.as_arrays()
    if leaving:
        return _get_stages_by_days(facts, company, leaving)
    comeback = max(MIN_WON_BACK_PAUSE_DAYS, 3 * company.median)
    slipping, lapsed = get_pause_limits(facts, company)
    by_gaps = np.select(
        [facts.pause > lapsed, facts.pause > slipping], ["lapsed", "slipping"], "active"
    )
    is_foretold = ~np.isnan(prediction.alive_probability)
    return np.select(
        [
            ~(facts.occasions > 0),
            facts.recent_longest_gap > comeback,
            (facts.occasions == 1) & (facts.pause < company.median),
            is_foretold,
        ],
        ["prospect", "won_back", "new", _get_predicted_stages(prediction)],
        by_gaps,
    )


def _get_stages_by_days(facts, company, leaving):
    """The pause decides first: who is gone by the company's own words is neither new nor back."""
    return np.select(
        [
            ~(facts.occasions > 0),
            facts.pause > leaving.lapsed,
            facts.pause > leaving.slipping,
            facts.recent_longest_gap > leaving.lapsed,
            (facts.occasions == 1) & (facts.pause < company.median),
        ],
        ["prospect", "lapsed", "slipping", "won_back", "new"],
        "active",
    )


def is_slipping_mildly(
    facts: StageFacts,
    company: CompanyGaps,
    prediction: StagePrediction | None = None,
    leaving: LeavingDays | None = None,
) -> bool:
    """Tell of one slipping customer what :func:`are_slipping_mildly` tells of many."""
    return bool(are_slipping_mildly(facts, company, prediction or UNKNOWN, leaving)[0])


def are_slipping_mildly(
    facts: StageFacts,
    company: CompanyGaps,
    prediction: StagePrediction,
    leaving: LeavingDays | None = None,
) -> np.ndarray:
    """Tell whether slipping customers are rather still customers: P(alive) at least a half.

    Without a prediction, or by the company's own definition: the pause is below the middle of the
    two limits.
    """
    facts, prediction = facts.as_arrays(), prediction.as_arrays()
    alive = prediction.alive_probability
    # Rounded: the middle of two limits may be a whole day, but for the last digit.
    middle = np.round(sum(get_pause_limits(facts, company, leaving)) / 2, 6)
    by_pause = np.isnan(alive) if leaving is None else np.full(alive.shape, True)
    return np.where(by_pause, facts.pause < middle, alive >= MIN_ACTIVE_ALIVE_PROBABILITY)


def get_risk_bands(probabilities, low: float, high: float) -> np.ndarray:
    """Return the band of each churn probability: low below the first border, high from the second.

    :param probabilities: 0 to 1, NaN: unknown
    :param low, high: borders, 0 to 1
    :return: array of ``low``, ``medium``, ``high``, and ``None`` where nothing is known
    """
    values = np.asarray(probabilities, dtype=float)
    bands = np.where(values >= high, "high", np.where(values >= low, "medium", "low"))
    bands = bands.astype(object)
    bands[np.isnan(values)] = None
    return bands


def _get_predicted_stages(prediction):
    alive = prediction.alive_probability
    return np.select(
        [
            (alive < MIN_SLIPPING_ALIVE_PROBABILITY)
            | (prediction.purchase_probability < MIN_SLIPPING_PURCHASE_PROBABILITY),
            (alive < MIN_ACTIVE_ALIVE_PROBABILITY)
            | (prediction.pause_probability < MIN_ACTIVE_PAUSE_PROBABILITY),
        ],
        ["lapsed", "slipping"],
        "active",
    )
