import numpy as np

from odoo import api, fields, models

from ...engine.standing import (
    CompanyGaps,
    GapTable,
    StageFacts,
    StagePrediction,
    are_slipping_mildly,
    get_fm_scores,
    get_rfm_scores,
    get_segments,
    get_stages,
    get_value_classes,
)
from ..base.nullable import NullableInteger

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
    "fm_score",
    "segment",
    "value_class",
    "stage",
    "lapsed_after_days",
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
    """Scores: the engine applied to facts, column by column."""

    _inherit = "customer.profile"

    lapsed_after_days = NullableInteger(
        string="Left after (days), set by the company",
        readonly=True,
        aggregator=None,
        help="Days without a purchase after which the lifecycle stage counts a customer as gone. "
        "Empty: learned from how the customer buys.",
    )
    stage_sentence = fields.Char(string="What leaving means", compute="_compute_stage_sentence")

    @api.depends_context("lang")
    @api.depends("lapsed_after_days")
    def _compute_stage_sentence(self):
        for profile in self:
            profile.stage_sentence = self._get_leaving_sentence(profile.lapsed_after_days)

    @api.model
    def _get_leaving_sentence(self, days):
        """Return by which definition customers have left.

        :param days: without a purchase, as the company has set them; ``False``: learned
        """
        if days:
            return self.env._(
                "Left means more than %(days)s days without a purchase, as set by the company.",
                days=days,
            )
        return self.env._(
            "Left means that another purchase has become unlikely, as learned from how the "
            "customer buys."
        )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Say in the help of the stage what leaving means in the current company. Public: RPC."""
        found = super().fields_get(allfields, attributes)
        if "stage" in found and (not attributes or "help" in attributes):
            leaving = self.env.company._get_leaving_days()
            found["stage"]["help"] = self._get_leaving_sentence(leaving and leaving.lapsed)
        return found

    @api.model
    def _get_relative_fields(self):
        """Return the fields that depend on other customers."""
        return RELATIVE_FIELDS

    @api.model
    def _get_relative_sources(self):
        """Return the stored facts the relative measures are made of."""
        return RELATIVE_SOURCES

    @api.model
    def _add_measures(self, facts, today):
        """Add to facts, in place, what follows from the documents of each customer alone."""
        self._add_gaps(facts, today)
        self._add_profit(facts)

    @api.model
    def _add_gaps(self, facts, today):
        """Add the gap summary (days) to facts, in place; return the gaps themselves."""
        table = GapTable.of(facts["_occasion_days"].tolist(), today.toordinal())
        facts.gaps = table.gaps
        facts["gap_count"] = table.counts.astype(float)
        facts["gap_mean_days"] = table.get_means()
        facts["gap_p80_days"] = table.get_quantiles(0.80)
        facts["gap_p95_days"] = table.get_quantiles(0.95)
        facts["recent_longest_gap_days"] = table.recent_longest
        return table

    @api.model
    def _add_relative_measures(self, facts, cutoffs, today):
        """Add RFM scores, segment, value class and stage to facts, in place.

        By the company's own definition of leaving, if it has set one.

        :param cutoffs: borders of the last full run; ``None`` before the first one, when
            scores, segment and class stay unknown
        """
        gaps = cutoffs.gaps if cutoffs else CompanyGaps()
        for name in RELATIVE_FIELDS:
            facts[name] = None
        history = self._get_purchase_history(facts, today)
        prediction = self._get_stage_prediction(facts)
        leaving = self.env.company._get_leaving_days()
        facts["lapsed_after_days"] = leaving and leaving.lapsed
        facts["stage"] = get_stages(history, gaps, prediction, leaving)
        buyers = np.flatnonzero(facts.numbers("occasion_count") > 0)
        if not cutoffs or not len(buyers):
            return
        part = facts.take(buyers)
        scores = self._get_scores(part, cutoffs)
        for name in ("rfm_recency", "rfm_frequency", "rfm_monetary"):
            facts.put(name, buyers, scores[name])
        is_mild = are_slipping_mildly(history, gaps, prediction, leaving)[buyers]
        buying = self._get_buying_scores(part["stage"], scores)
        facts.put("fm_score", buyers, get_fm_scores(*buying))
        facts.put("segment", buyers, get_segments(part["stage"], *buying, is_mild))
        classes = get_value_classes(part.numbers("net_profit_365"), cutoffs.value_class)
        facts.put("value_class", buyers, classes)

    @api.model
    def _get_scores(self, facts, cutoffs):
        """Return field or raw material -> scores 1 to 5 of customers who bought."""

        def score(name, borders):
            # Empty after an upgrade, for a customer whose facts could not be read since.
            return get_rfm_scores(np.nan_to_num(facts.numbers(name)), borders)

        return {
            "rfm_recency": get_rfm_scores(facts.ordinals("last_occasion_date"), cutoffs.recency),
            "rfm_frequency": score("occasion_count_365", cutoffs.frequency),
            "rfm_monetary": score("revenue_365", cutoffs.monetary),
            "frequency_before_pause": score(
                "occasion_count_before_pause", cutoffs.frequency_before_pause
            ),
            "monetary_before_pause": score("revenue_before_pause", cutoffs.monetary_before_pause),
        }

    @api.model
    def _get_buying_scores(self, stages, scores):
        """Return frequency and monetary scores: how much customers buy, or used to."""
        is_pausing = np.isin(stages, ("slipping", "lapsed"))
        return (
            np.where(is_pausing, scores["frequency_before_pause"], scores["rfm_frequency"]),
            np.where(is_pausing, scores["monetary_before_pause"], scores["rfm_monetary"]),
        )

    @api.model
    def _get_stage_prediction(self, facts):
        """Return what a model foretells, NaN without one: the pause decides then."""
        unknown = np.full(len(facts), np.nan)
        return StagePrediction(unknown, unknown, unknown)

    @api.model
    def _get_purchase_history(self, facts, today):
        return StageFacts(
            occasions=facts.numbers("occasion_count"),
            pause=today.toordinal() - facts.ordinals("last_occasion_date"),
            gap_count=facts.numbers("gap_count"),
            gap_p80=facts.numbers("gap_p80_days"),
            gap_p95=facts.numbers("gap_p95_days"),
            recent_longest_gap=facts.numbers("recent_longest_gap_days"),
        )
