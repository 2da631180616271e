from odoo import api, models

from ...engine.standing import (
    CompanyGaps,
    StageFacts,
    get_rfm_scores,
    get_segment,
    get_stage,
    get_value_class,
    summarise_gaps,
)

GAP_FIELDS = (
    "gap_count",
    "gap_mean_days",
    "gap_p80_days",
    "gap_p95_days",
    "recent_longest_gap_days",
)
RELATIVE_FIELDS = (
    "rfm_recency",
    "rfm_frequency",
    "rfm_monetary",
    "segment",
    "value_class",
    "stage",
)
# Stored facts the relative measures are made of.
RELATIVE_SOURCES = (
    "occasion_count",
    "occasion_count_365",
    "last_occasion_date",
    "revenue_365",
    "net_profit_365",
    *GAP_FIELDS,
)


class CustomerProfile(models.Model):
    """Scores: the engine applied to rows of facts."""

    _inherit = "customer.profile"

    @api.model
    def _get_relative_fields(self):
        """Return the fields that depend on other customers, or on the model of the company."""
        return RELATIVE_FIELDS

    @api.model
    def _get_relative_sources(self):
        """Return the stored facts the relative measures are made of."""
        return RELATIVE_SOURCES

    @api.model
    def _add_gaps(self, rows, today):
        """Add the gap summary (days) to rows of facts, in place."""
        for row in rows:
            gaps = summarise_gaps(row["_occasion_days"] or (), today.toordinal())
            row.update(
                gap_count=gaps.count,
                gap_mean_days=gaps.mean,
                gap_p80_days=gaps.p80,
                gap_p95_days=gaps.p95,
                recent_longest_gap_days=gaps.recent_longest,
            )

    @api.model
    def _add_relative_measures(self, rows, cutoffs, today):
        """Add RFM scores, segment, value class and stage to rows of facts, in place.

        :param cutoffs: borders of the last full run; ``None`` before the first one, when
            scores, segment and class stay unknown
        """
        gaps = cutoffs.gaps if cutoffs else CompanyGaps()
        for row in rows:
            row.update(dict.fromkeys(RELATIVE_FIELDS))
            row["stage"] = get_stage(self._get_purchase_history(row, today), gaps)
        if not cutoffs:
            return
        buyers = [row for row in rows if row["occasion_count"]]
        recency = get_rfm_scores(
            [row["last_occasion_date"].toordinal() for row in buyers], cutoffs.recency
        )
        frequency = get_rfm_scores([row["occasion_count_365"] for row in buyers], cutoffs.frequency)
        monetary = get_rfm_scores([row["revenue_365"] for row in buyers], cutoffs.monetary)
        for row, r, f, m in zip(buyers, recency, frequency, monetary, strict=True):
            row.update(rfm_recency=int(r), rfm_frequency=int(f), rfm_monetary=int(m))
            row["segment"] = self._get_segment(row, gaps, today)
            row["value_class"] = get_value_class(row["net_profit_365"], cutoffs.value_class)

    @api.model
    def _get_segment(self, row, gaps, today):
        """Return the segment; a recent one-time customer is New whatever the scores."""
        pause = (today - row["last_occasion_date"]).days
        if row["occasion_count"] == 1 and pause < gaps.median:
            return "new"
        return get_segment(row["rfm_recency"], row["rfm_frequency"], row["rfm_monetary"])

    @api.model
    def _get_purchase_history(self, row, today):
        last = row["last_occasion_date"]
        return StageFacts(
            occasions=row["occasion_count"],
            pause=(today - last).days if last else None,
            gap_count=row["gap_count"],
            gap_p80=row["gap_p80_days"],
            gap_p95=row["gap_p95_days"],
            recent_longest_gap=row["recent_longest_gap_days"],
        )
