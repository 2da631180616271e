from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...engine import satisfaction as engine
from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat

_lt = LazyTranslate(__name__)

SATISFACTION_STATES = [
    ("delighted", "Delighted"),
    ("satisfied", "Satisfied"),
    ("dissatisfied", "Dissatisfied"),
]
SATISFACTION_BASES = [
    ("gap", "What they perceive against what they expect"),
    ("score", "The score"),
    ("complaints", "Complaints"),
]
# What no state reads like, in groups and cells.
NOT_ASKED = _lt("Not asked")
# The trend compares with the score as of so long ago.
TREND_MONTHS = 3
# Days in the arrays are counted from here.
EPOCH = date(1970, 1, 1)
SCORE_FIELDS = (
    "satisfaction",
    "satisfaction_state",
    "satisfaction_basis",
    "satisfaction_change",
    "satisfaction_gap_mean",
    "satisfaction_answer_count",
    "satisfaction_fact_count",
)
HELP_COMPONENT = "0 to 100; facts lose half their weight with every half-life."
FACT_MODEL = "customer.satisfaction.fact"
FACT_VIEW = "customer_value.customer_satisfaction_fact_view_list"
WHOLE_VIEW = "customer_value.customer_satisfaction_fact_view_list_whole"
ANSWERS = ("rating", "nps", "gap")
# Arrays of a component, see SatisfactionFacts.
COLUMNS = ("known", "day", "value", "size")


class Measurement(NamedTuple):
    """Satisfaction of customers as of a day: arrays by component, scores and mean gaps.

    ``newest``: day of the newest fact by component, since 1970. NaN is *not enough data*.
    """

    components: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    newest: dict[str, np.ndarray]
    score: np.ndarray
    gap: np.ndarray


class CustomerProfile(models.Model):
    """Satisfaction, 0 to 100, from what customers say and what has happened, and what is behind."""

    _inherit = "customer.profile"

    satisfaction = NullableFloat(
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100: weighted mean of ratings, recommendation, expectation against "
        "perception, delivery and complaints, as far as there is data.",
    )
    satisfaction_state = fields.Selection(
        selection=SATISFACTION_STATES,
        string="State of satisfaction",
        readonly=True,
        groups=GROUPS_STANDING,
        falsy_value_label=NOT_ASKED,
        help="By what the customer perceives against expectation; without such answers, by "
        "the score. “Not asked” without an answer of the last two half-lives: deliveries alone "
        "make nobody content. Only complaints can say “Dissatisfied” without an answer.",
    )
    satisfaction_basis = fields.Selection(
        selection=SATISFACTION_BASES,
        string="State goes by",
        readonly=True,
        groups=GROUPS_STANDING,
    )
    satisfaction_change = NullableFloat(
        string="Change in 3 months",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help="Points against the score as of three months ago, by what was known then.",
    )
    satisfaction_rating = NullableFloat(
        string="Ratings",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help=HELP_COMPONENT,
    )
    satisfaction_nps = NullableFloat(
        string="Likely to recommend",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help=HELP_COMPONENT,
    )
    satisfaction_gap = NullableFloat(
        string="Perception against expectation",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100: 50 is as expected, more is better than expected.",
    )
    satisfaction_gap_mean = NullableFloat(
        string="Mean gap in levels",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 2),
        aggregator="avg",
        help="Perceived less expected level, -4 to 4; recent answers weigh more.",
    )
    satisfaction_delivery = NullableFloat(
        string="Deliveries as promised",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100: share of order lines on time in full; recent ones weigh more.",
    )
    satisfaction_complaints = NullableFloat(
        string="Complaints",
        readonly=True,
        groups=GROUPS_STANDING,
        digits=(16, 1),
        aggregator="avg",
        help="100 times e to the power of minus the severities of the complaints that are open "
        "or were closed in the last 180 days; empty without any.",
    )
    satisfaction_answer_count = fields.Integer(
        string="Answers", readonly=True, groups=GROUPS_STANDING
    )
    satisfaction_fact_count = fields.Integer(
        string="Order lines and complaints", readonly=True, groups=GROUPS_STANDING
    )

    _satisfaction_idx = models.Index("(company_id, satisfaction)")
    _satisfaction_state_idx = models.Index("(company_id, satisfaction_state)")

    @api.model
    def _get_absolute_fields(self):
        components = (f"satisfaction_{name}" for name in self._get_satisfaction_components())
        return (*super()._get_absolute_fields(), *SCORE_FIELDS, *components)

    @api.model
    def _get_satisfaction_past(self, today):
        """Return the day the trend compares with."""
        return fields.Date.subtract(today, months=TREND_MONTHS)

    @api.model
    def _get_satisfaction_limits(self):
        company = self.env.company.sudo()
        return engine.SatisfactionLimits(
            delighted=company.customer_satisfaction_delighted,
            satisfied=company.customer_satisfaction_satisfied,
            gap=company.customer_satisfaction_gap,
        )

    @api.model
    def _add_measures(self, facts, today):
        result = super()._add_measures(facts, today)
        self._add_satisfaction(facts, today)
        return result

    @api.model
    def _add_satisfaction(self, facts, today):
        """Add satisfaction, its components, state, trend and counts to facts, in place.

        The trend is computed anew as of three months ago instead of read from a snapshot: it
        must not depend on when the addon was installed or a run was missed.
        """
        names = self._get_satisfaction_components()
        answers = [name for name, part in names.items() if part.is_answer]
        for name in (*SCORE_FIELDS, *(f"satisfaction_{name}" for name in names)):
            facts[name] = np.full(len(facts), np.nan)
        for name in ("satisfaction_state", "satisfaction_basis"):
            facts[name] = None
        for name in ("satisfaction_answer_count", "satisfaction_fact_count"):
            facts[name] = np.zeros(len(facts))
        has_facts = [facts[f"_satisfaction_{name}_known"].astype(bool) for name in names]
        rows = np.flatnonzero(np.any(has_facts, axis=0))
        if not len(rows):
            return
        part = facts.take(rows)
        now = self._measure_satisfaction(part, today)
        before = self._measure_satisfaction(part, self._get_satisfaction_past(today))
        judgement = self._judge_satisfaction(now, today)
        answered = sum(now.counts[name] for name in answers)
        for name, values in {
            "satisfaction": now.score,
            "satisfaction_state": judgement.state,
            "satisfaction_basis": judgement.basis,
            "satisfaction_change": engine.round_all_half_up(
                now.score - before.score, engine.SCORE_DIGITS
            ),
            "satisfaction_gap_mean": now.gap,
            "satisfaction_answer_count": answered,
            "satisfaction_fact_count": sum(now.counts.values()) - answered,
            **{f"satisfaction_{name}": now.components[name] for name in names},
        }.items():
            facts.put(name, rows, values)

    @api.model
    def _judge_satisfaction(self, measurement, as_of):
        """Return the states of a :class:`Measurement` as of a day, and what they go by."""
        day = (as_of - EPOCH).days
        half_life = self.env.company.sudo().customer_satisfaction_half_life
        parts = self._get_satisfaction_components()
        speaking = {
            name: engine.is_speaking(measurement.newest[name], day, half_life)
            for name, part in parts.items()
            if part.is_answer
        }
        complaints = [
            measurement.counts[name] > 0
            for name, part in parts.items()
            if part.is_burden and part.weight > 0
        ]
        nobody = np.zeros(len(measurement.score), dtype=bool)
        evidence = engine.SatisfactionEvidence(
            gap=np.where(speaking["gap"], measurement.gap, np.nan),
            is_answered=np.any(list(speaking.values()), axis=0),
            is_complained=np.any([nobody, *complaints], axis=0),
        )
        return engine.judge_all(measurement.score, evidence, self._get_satisfaction_limits())

    @api.model
    def _measure_satisfaction(self, facts, as_of):
        """Return the :class:`Measurement` of customers, by what was known on a day."""
        parts = self._get_satisfaction_components()
        weights = {name: part.weight for name, part in parts.items()}
        scores, counts, newest = {}, {}, {}
        for name in parts:
            scores[name], counts[name], newest[name] = self._measure_component(name, facts, as_of)
        gaps = scores["gap"]
        scores["gap"] = engine.get_gap_score(gaps)
        return Measurement(
            {
                name: engine.round_all_half_up(own, engine.SCORE_DIGITS)
                for name, own in scores.items()
            },  # fmt: skip
            counts,
            newest,
            engine.round_all_half_up(
                engine.combine_all_scores(scores, weights), engine.SCORE_DIGITS
            ),
            engine.round_all_half_up(gaps, engine.GAP_DIGITS),
        )

    @api.model
    def _get_metric_documents(self):
        whole = (FACT_MODEL, self._get_satisfaction_domain)
        parts = {
            f"satisfaction_{name}": (FACT_MODEL, partial(self._get_component_domain, (name,)))
            for name in self._get_satisfaction_components()
        }
        counted = self._get_counted_component_domain
        facts = tuple(name for name in self._get_satisfaction_components() if name not in ANSWERS)
        return (
            super()._get_metric_documents()
            | parts
            | {
                "satisfaction": whole,
                "satisfaction_gap_mean": parts["satisfaction_gap"],
                "satisfaction_answer_count": (FACT_MODEL, partial(counted, ANSWERS)),
                "satisfaction_fact_count": (FACT_MODEL, partial(counted, facts)),
            }
        )

    @api.model
    def _get_metric_view(self, metric, model_name):
        if model_name == FACT_MODEL:
            return WHOLE_VIEW if metric == "satisfaction" else FACT_VIEW
        return super()._get_metric_view(metric, model_name)

    @api.model
    def _get_metric_grouping(self, metric, model_name, domain):
        if metric == "satisfaction":
            return ["component"]
        return super()._get_metric_grouping(metric, model_name, domain)

    def _get_satisfaction_domain(self):
        """Domain of the facts the score is made of."""
        self.ensure_one()
        return Domain("profile_id", "=", self.id)

    def _get_component_domain(self, names):
        """Domain of the facts of some components."""
        return self._get_satisfaction_domain() & Domain("component", "in", list(names))

    def _get_counted_component_domain(self, names):
        """Domain of the records that were counted, one row each."""
        return self._get_component_domain(names) & Domain("res_id", "!=", False)

    @api.readonly
    def action_open_documents(self):
        """Open what a number is made of, facts of satisfaction included. Public: card."""
        action = super().action_open_documents()
        if action["res_model"] == FACT_MODEL:
            # The facts of one customer are found in no time, those of all take a while.
            action["context"]["customer_satisfaction_of"] = self.id
        return action
