"""Lifecycle stage of a customer: from the prediction, or without one from the gaps."""

from dataclasses import dataclass

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
    """What the stage of one customer is read from; times in days, ``None`` if unknown."""

    occasions: int
    pause: int | None
    gap_count: int
    gap_p80: float | None
    gap_p95: float | None
    recent_longest_gap: int | None


@dataclass(frozen=True)
class StagePrediction:
    """Probabilities, 0 to 1: alive, buys within the horizon, a pause as long as the present one."""

    alive_probability: float
    purchase_probability: float
    pause_probability: float


def get_pause_limits(facts: StageFacts, company: CompanyGaps) -> tuple[float, float]:
    """Return the pauses in days after which the customer is slipping, and lapsed.

    The own 80 % and 95 % quantiles from three gaps on, else the company's.
    """
    if facts.gap_count >= MIN_OWN_GAPS:
        return facts.gap_p80, facts.gap_p95
    return company.p80, company.p95


def get_stage(
    facts: StageFacts, company: CompanyGaps, prediction: StagePrediction | None = None
) -> str:
    """Return the lifecycle stage, one of :data:`STAGES` (docs/formulas.md, *Lifecycle stage*).

    :param company: gaps of the company, which stand in for those of a customer with few
    :param prediction: by the model of the company; ``None`` while there is none, when the pause
        is judged by gaps alone
    """
    if not facts.occasions:
        return "prospect"
    comeback = max(MIN_WON_BACK_PAUSE_DAYS, 3 * company.median)
    if facts.recent_longest_gap is not None and facts.recent_longest_gap > comeback:
        return "won_back"
    if facts.occasions == 1 and facts.pause < company.median:
        return "new"
    if prediction is not None:
        return _get_predicted_stage(prediction)
    slipping, lapsed = get_pause_limits(facts, company)
    if facts.pause > lapsed:
        return "lapsed"
    return "slipping" if facts.pause > slipping else "active"


def is_slipping_mildly(
    facts: StageFacts, company: CompanyGaps, prediction: StagePrediction | None = None
) -> bool:
    """Tell whether a slipping customer is rather still one: P(alive) at least a half.

    Without a prediction: the pause is below the middle of the two limits.
    """
    if prediction is not None:
        return prediction.alive_probability >= MIN_ACTIVE_ALIVE_PROBABILITY
    # Rounded: the middle of two limits may be a whole day, but for the last digit.
    return facts.pause < round(sum(get_pause_limits(facts, company)) / 2, 6)


def _get_predicted_stage(prediction):
    if (
        prediction.alive_probability < MIN_SLIPPING_ALIVE_PROBABILITY
        or prediction.purchase_probability < MIN_SLIPPING_PURCHASE_PROBABILITY
    ):
        return "lapsed"
    if (
        prediction.alive_probability < MIN_ACTIVE_ALIVE_PROBABILITY
        or prediction.pause_probability < MIN_ACTIVE_PAUSE_PROBABILITY
    ):
        return "slipping"
    return "active"
