"""Lifecycle stage of a customer from the gaps between purchases (no model needed)."""

from dataclasses import dataclass

STAGES = ("prospect", "new", "active", "slipping", "lapsed", "won_back")
# Own quantiles of fewer gaps say nothing yet; the company's stand in for them.
MIN_OWN_GAPS = 3
# A return after a pause longer than this, or than three median gaps, counts as won back.
WON_BACK_PAUSE_DAYS = 365
# Used until the company has one repeat purchase.
DEFAULT_MEDIAN_GAP_DAYS = 90.0


@dataclass(frozen=True)
class CompanyGaps:
    """Quantiles in days of all gaps between occasions of one company's customers."""

    median: float = DEFAULT_MEDIAN_GAP_DAYS
    p80: float = DEFAULT_MEDIAN_GAP_DAYS * 2
    p95: float = DEFAULT_MEDIAN_GAP_DAYS * 4


@dataclass(frozen=True)
class PurchaseHistory:
    """What the stage of one customer is read from; times in days, ``None`` if unknown."""

    occasions: int
    pause: int | None
    gap_count: int
    gap_p80: float | None
    gap_p95: float | None
    recent_longest_gap: int | None


def get_pause_limits(history: PurchaseHistory, company: CompanyGaps) -> tuple[float, float]:
    """Return the pauses in days after which the customer is slipping, and lapsed."""
    if history.gap_count >= MIN_OWN_GAPS:
        return history.gap_p80, history.gap_p95
    return company.p80, company.p95


def get_stage(history: PurchaseHistory, company: CompanyGaps) -> str:
    """Return the lifecycle stage (docs/formulas.md, *Lifecycle stage*)."""
    if not history.occasions:
        return "prospect"
    comeback = max(WON_BACK_PAUSE_DAYS, 3 * company.median)
    if history.recent_longest_gap is not None and history.recent_longest_gap > comeback:
        return "won_back"
    if history.occasions == 1 and history.pause < company.median:
        return "new"
    slipping, lapsed = get_pause_limits(history, company)
    if history.pause > lapsed:
        return "lapsed"
    return "slipping" if history.pause > slipping else "active"
