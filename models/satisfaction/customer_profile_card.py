from odoo import api, fields, models

from ..base.access import GROUPS_STANDING
from ..calendar.reader_number import write_number
from ..guard.digits import write_digits
from ..guard.plural import count_days

# What the state of satisfaction is explained by.
MEANING_SOURCES = (
    "satisfaction",
    "satisfaction_state",
    "satisfaction_basis",
    "satisfaction_gap_mean",
    "satisfaction_answer_count",
    "satisfaction_fact_count",
)


class CustomerProfile(models.Model):
    """Satisfaction on the customer card and as an alert, with what the state goes by."""

    _inherit = "customer.profile"

    satisfaction_state_meaning = fields.Char(
        string="What the state goes by",
        compute="_compute_satisfaction_state_meaning",
        groups=GROUPS_STANDING,
    )

    @api.depends_context("lang")
    @api.depends(*MEANING_SOURCES)
    def _compute_satisfaction_state_meaning(self):
        for profile in self:
            profile.satisfaction_state_meaning = profile._get_satisfaction_basis()

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
        """Return why, by what the state goes by."""
        if self.satisfaction_basis == "gap":
            return self.env._(
                "%(customer)s is dissatisfied: what they get is %(gap)s levels of 5 below what "
                "they expect.",
                customer=self.display_name,
                gap=write_number(self.env, -self.satisfaction_gap_mean, 2),
            )
        values = {
            "customer": self.display_name,
            "score": write_number(self.env, self.satisfaction, 1),
        }
        if self.satisfaction_basis == "complaints":
            return self.env._(
                "%(customer)s is dissatisfied: complaints, and %(score)s of 100 points.", **values
            )
        return self.env._("%(customer)s is dissatisfied: %(score)s of 100 points.", **values)

    def _get_satisfaction_label(self):
        """Return the state in words; who was not asked has none."""
        return self._get_selection_label("satisfaction_state") or self.env._("Not asked")

    def _get_gap_sentence(self):
        """Return why the state may be another than the score beside it lets expect."""
        gap = self.satisfaction_gap_mean
        values = {
            "gap": write_number(self.env, abs(gap), 2),
            "score": write_number(self.env, self.satisfaction, 1),
        }
        if not gap:
            return self.env._(
                "Goes by what they get against what they expect: just as much. The score of "
                "%(score)s of 100 also counts ratings, deliveries and complaints.",
                **values,
            )
        if gap > 0:
            return self.env._(
                "Goes by what they get against what they expect: %(gap)s levels of 5 more. The "
                "score of %(score)s of 100 also counts ratings, deliveries and complaints.",
                **values,
            )
        return self.env._(
            "Goes by what they get against what they expect: %(gap)s levels of 5 less. The score "
            "of %(score)s of 100 also counts ratings, deliveries and complaints.",
            **values,
        )

    def _get_satisfaction_basis(self):
        """Return in one line what the state goes by, with the number of answers and facts."""
        counts = self.env._(
            "Answers: %(answers)s; order lines and complaints: %(facts)s.",
            answers=write_digits(self.env, self.satisfaction_answer_count),
            facts=write_digits(self.env, self.satisfaction_fact_count),
        )
        if self.satisfaction_basis == "gap":
            return f"{self._get_gap_sentence()} {counts}"
        if basis := self._get_selection_label("satisfaction_basis"):
            return self.env._("Goes by: %(basis)s. %(counts)s", basis=basis, counts=counts)
        return self.env._(
            "Not asked: no answer in the last %(days)s. %(counts)s",
            days=count_days(self.env, 2 * self.company_id.sudo().customer_satisfaction_half_life),
            counts=counts,
        )

    def _get_card_standing(self):
        return super()._get_card_standing() | {
            "satisfaction_state": self._get_satisfaction_label(),
            "satisfaction_basis": self.satisfaction_state_meaning,
        }
