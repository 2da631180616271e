from odoo import api, models

from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_amount
from ..guard.digits import write_digits


class CustomerPredictionModel(models.Model):
    """The grade in words: what a manager can do with it, for which season, against which rule."""

    _inherit = "customer.prediction.model"

    def _is_behind_rule(self):
        """Tell whether a simple rule is shown instead of the probability: grade C."""
        self.ensure_one()
        return self.grade == "C"

    def _get_rule_label(self):
        """Return the best simple rule in words, such as "who bought last"; "" without one."""
        self.ensure_one()
        return dict(self._fields["best_rule"]._description_selection(self.env)).get(
            self.best_rule, ""
        )

    @api.depends_context("lang")
    @api.depends("grade", "left_of_ten", "tried_from", "tried_until", "is_season_known", "level")
    def _compute_summary(self):
        for model in self:
            model.summary = " ".join(filter(None, model._get_summary_parts()))

    def _get_summary_parts(self):
        """Return the sentences a manager reads first."""
        self.ensure_one()
        return [
            self._get_leaving_sentence(),
            self._get_rule_sentence(),
            self._get_season_sentence(),
        ]

    def _get_leaving_sentence(self):
        """Return "of the ten it called likeliest to leave, eight left", "" without a grade."""
        if self.left_of_ten is False or not self.tried_from:
            return ""
        return self.env._(
            "Of the ten customers it called likeliest to leave, %(count)s left: they bought "
            "nothing from %(from)s to %(until)s.",
            **{
                "count": write_digits(self.env, self.left_of_ten),
                "from": write_day(self.env, self.tried_from),
                "until": write_day(self.env, self.tried_until),
            },
        )

    def _get_rule_sentence(self):
        """Return what is shown instead of the probability, "" if that is shown."""
        if not self._is_behind_rule():
            return ""
        return self.env._(
            "On past days a simple rule ranked the customers better: %(rule)s. It is shown "
            "instead of the probability.",
            rule=self._get_rule_label(),
        )

    def _get_season_sentence(self):
        """Return for which season the grade speaks, "" where nothing has been fitted."""
        if not self.level or self.level == "no_data":
            return ""
        if not self.is_season_known:
            return self.env._(
                "Season not known: there are less than 15 months of sales. How many will buy may "
                "be too high or too low."
            )
        if self.is_seasonal:
            return self.env._(
                "Seasonal: on past days the total was off by more than 25 %. Who buys is ranked "
                "as well as the grade says."
            )
        return ""

    def _get_grade_text(self):
        """Return the grade in words: against which rule, on which figures; "" without a model."""
        if not self:
            return ""
        self.ensure_one()
        labels = dict(self._fields["grade_reason"]._description_selection(self.env))
        parts = [f"{labels.get(self.grade_reason, '')}."]
        if self.auc is not False and self.rule_auc is not False:
            parts.append(
                self.env._(
                    "It put the right one of two customers first in %(percent)s of 100 cases, "
                    "the best simple rule in %(rule)s.",
                    percent=write_amount(self.env, f"{self.auc * 100:.1f}"),
                    rule=write_amount(self.env, f"{self.rule_auc * 100:.1f}"),
                )
            )
        parts += self._get_summary_parts()
        if self.level == "few_customers":
            parts.append(self.env._("Few customers: estimated from typical shops."))
        parts.append(self.env._("As of %(day)s.", day=write_day(self.env, self.date)))
        return " ".join(filter(None, parts))
