from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

FACT_MODEL = "customer.satisfaction.fact"
FACT_VIEW = "customer_value.customer_satisfaction_fact_view_list"
WHOLE_VIEW = "customer_value.customer_satisfaction_fact_view_list_whole"
ANSWERS = ("rating", "nps", "gap")


class CustomerProfile(models.Model):
    """Satisfaction on the customer card, as an alert, and the facts behind each number."""

    _inherit = "customer.profile"

    @api.model
    def _get_card_sections(self):
        components = [f"satisfaction_{name}" for name in self._get_satisfaction_components()]
        names = (
            "satisfaction",
            "satisfaction_change",
            *components,
            "satisfaction_gap_mean",
            "satisfaction_answer_count",
            "satisfaction_fact_count",
        )
        return [
            *super()._get_card_sections(),
            ("satisfaction", self.env._("Satisfaction"), names),
        ]

    def _get_alerts(self):
        alerts = super()._get_alerts()
        if self._read_card_field("satisfaction_state") == "dissatisfied":
            alerts["dissatisfied"] = ("danger", self._get_dissatisfied_message())
        return alerts

    def _get_dissatisfied_message(self):
        """Return why: the gap decides where there is one, else the score."""
        if self.satisfaction_gap_mean is not False:
            return self.env._(
                "%(customer)s is dissatisfied: what they get is %(gap)s levels of 5 below what "
                "they expect.",
                customer=self.display_name,
                gap=formatLang(self.env, -self.satisfaction_gap_mean, digits=2),
            )
        return self.env._(
            "%(customer)s is dissatisfied: %(score)s of 100 points.",
            customer=self.display_name,
            score=formatLang(self.env, self.satisfaction, digits=1),
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
        action = super().action_open_documents()
        if action["res_model"] == FACT_MODEL:
            # The facts of one customer are found in no time, those of all take a while.
            action["context"]["customer_satisfaction_of"] = self.id
        return action
