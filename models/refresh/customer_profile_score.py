from odoo import api, models

from ...engine.standing import (
    CompanyGaps,
    StageFacts,
    get_rfm_scores,
    get_segment,
    get_stage,
    get_value_class,
    is_slipping_mildly,
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
    "occasion_count_before_pause",
    "revenue_before_pause",
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
            row["stage"] = get_stage(
                self._get_purchase_history(row, today), gaps, self._get_stage_prediction(row)
            )
        buyers = [row for row in rows if row["occasion_count"]]
        if not cutoffs or not buyers:
            return
        for name, scores in self._get_scores(buyers, cutoffs).items():
            for row, score in zip(buyers, scores, strict=True):
                row[name] = int(score)
        for row in buyers:
            row["segment"] = self._get_segment(row, gaps, today)
            row["value_class"] = get_value_class(row["net_profit_365"], cutoffs.value_class)

    @api.model
    def _get_scores(self, rows, cutoffs):
        """Return field or raw material -> scores 1 to 5 of rows of customers who bought."""

        def score(name, borders):
            # Empty after an upgrade, for a customer whose facts could not be read since.
            return get_rfm_scores([row[name] or 0 for row in rows], borders)

        days = [row["last_occasion_date"].toordinal() for row in rows]
        return {
            "rfm_recency": get_rfm_scores(days, cutoffs.recency),
            "rfm_frequency": score("occasion_count_365", cutoffs.frequency),
            "rfm_monetary": score("revenue_365", cutoffs.monetary),
            "_frequency_before_pause": score(
                "occasion_count_before_pause", cutoffs.frequency_before_pause
            ),
            "_monetary_before_pause": score("revenue_before_pause", cutoffs.monetary_before_pause),
        }

    @api.model
    def _get_segment(self, row, gaps, today):
        """Return the segment: by the stage, and by how much the customer buys, or used to."""
        window = "rfm_frequency", "rfm_monetary"
        if row["stage"] in ("slipping", "lapsed"):
            window = "_frequency_before_pause", "_monetary_before_pause"
        is_mild = row["stage"] == "slipping" and is_slipping_mildly(
            self._get_purchase_history(row, today), gaps, self._get_stage_prediction(row)
        )
        return get_segment(row["stage"], *(row[name] for name in window), is_mild)

    @api.model
    def _get_stage_prediction(self, row):
        """Return what a model foretells of a row, ``None`` without one: the pause decides then."""
        return None

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
