from odoo import api, models
from odoo.tools import format_list

from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_money
from ..guard.digits import write_digits
from ..guard.plural import count_days, count_purchases

SECTION_FIELDS = (
    "churn_probability",
    "alive_probability",
    "expected_purchases",
    "next_purchase_date",
    "next_purchase_from_date",
    "next_purchase_until_date",
    "predicted_revenue",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
)


class CustomerProfile(models.Model):
    """The prediction on the customer card and on documents."""

    _inherit = "customer.profile"

    @api.model
    def _get_card_sections(self):
        return [
            *super()._get_card_sections(),
            ("prediction", self.env._("Prediction"), SECTION_FIELDS),
        ]

    def _get_card_items(self, names, openable):
        items = super()._get_card_items(names, openable)
        if self.churn_probability is False and "alive_probability" in names:
            items = [item for item in items if item["name"] != "alive_probability"]
        for item in items:
            if item["name"] == "churn_probability":
                item["label"] = self._get_churn_label(self.prediction_horizon_days)
        return items

    @api.readonly
    def get_card(self, compact=False):
        """Add ``prediction`` to the full card. Public: RPC.

        :return: see the method this extends; ``prediction``: ``missing`` (what is missing, "" if
            nothing is), ``answers``: list of ``key``, ``question``, ``answer``, ``note``;
            ``sentence``, ``confidence``, ``band`` (low, medium, high or ``False``), ``band_label``,
            ``leaving`` (what leaving means), ``grade`` (A, B, C or ``False``), ``grade_text``,
            ``summary`` (how good it was, for a manager),
            ``retention``: ``False`` or ``verdict``, ``label``, ``sum``
        :raise AccessError: when the user may not read the profile
        """
        card = super().get_card(compact=compact)
        if compact:
            return card
        # The part ``prediction`` says the same in its place.
        card["alerts"] = [alert for alert in card["alerts"] if alert["key"] != "leaving"]
        if card["computing"]:
            card["sections"] = [part for part in card["sections"] if part["key"] != "prediction"]
        return card | {"prediction": self._get_card_prediction(card["computing"])}

    def _get_card_prediction(self, computing=""):
        """Return the part ``prediction`` of the card; ``computing``: what is said instead of it."""
        model = self.env["customer.prediction.model"]._get_active(self.company_id)
        missing = computing or self._get_prediction_missing()
        return {
            "missing": missing,
            "sentence": "" if missing else self.prediction_sentence,
            "answers": [] if missing else self._get_card_answers(),
            "confidence": not missing and self._get_selection_label("prediction_confidence"),
            "band": not missing and self.churn_band,
            "band_label": not missing and self._get_selection_label("churn_band"),
            "leaving": self.stage_sentence,
            "grade": model.grade or False,
            "grade_text": model._get_grade_text(),
            "summary": "" if missing else model.summary or "",
            "retention": self._get_card_retention(),
        }

    def _get_card_answers(self):
        """Return the three questions a customer card answers."""
        answers = [self._get_stay_answer(), self._get_date_answer()]
        if self._has_field_access(self._fields["lifetime_value"], "read"):
            answers.append(self._get_worth_answer())
        return answers

    def _get_stay_answer(self):
        """Return the probability, or the fact a simple rule goes by where that ranks better."""
        question = self.env._("Will they stay?")
        if self.churn_probability is False:
            return {
                "key": "stay",
                "question": question,
                "answer": self._get_rule_fact(),
                "note": self._get_rule_note(),
            }
        return {
            "key": "stay",
            "question": question,
            "answer": self.env._(
                "%(percent)s %% buy within %(days)s",
                percent=self._get_percent(1 - self.churn_probability),
                days=count_days(self.env, self.prediction_horizon_days),
            ),
            "note": self._get_similar_sentence(),
        }

    def _get_move_clause(self):
        """Return which facts moved the probability most, and by how much; "" if none did."""
        self.ensure_one()
        labels = dict(self._fields["prediction_raised_by"]._description_selection(self.env))
        raised = self.prediction_raised_by and self.env._(
            "%(fact)s: +%(percent)s points",
            fact=self._get_trait_clause(self.prediction_raised_by, more=True)
            or labels[self.prediction_raised_by],
            percent=write_digits(self.env, self.prediction_raised_percent),
        )
        lowered = self.prediction_lowered_by and self.env._(
            "%(fact)s: −%(percent)s points",
            fact=self._get_trait_clause(self.prediction_lowered_by, more=False)
            or labels[self.prediction_lowered_by],
            percent=write_digits(self.env, self.prediction_lowered_percent),
        )
        moves = [move for move in (raised, lowered) if move]
        if not moves:
            return ""
        return self.env._(
            "What moved it most, against a usual customer: %(moves)s.",
            moves=format_list(self.env, moves),
        )

    def _get_rule_fact(self):
        """Return what the best simple rule of the company sees in this customer."""
        model = self.env["customer.prediction.model"]._get_active(self.company_id)
        if model.best_rule == "frequency":
            return self.env._(
                "%(purchases)s so far", purchases=count_purchases(self.env, self.occasion_count)
            )
        if model.best_rule == "rfm_sum" and self.rfm_recency:
            return self.env._(
                "RFM %(recency)s-%(frequency)s-%(monetary)s",
                recency=write_digits(self.env, self.rfm_recency),
                frequency=write_digits(self.env, self.rfm_frequency),
                monetary=write_digits(self.env, self.rfm_monetary),
            )
        pause = (self._get_today(self.company_id) - self.last_occasion_date).days
        return self.env._("Last purchase %(days)s ago", days=count_days(self.env, pause))

    def _get_verdict_missing(self):
        """Return why there is no verdict on keeping the customer."""
        if self.churn_probability is False and self.alive_probability is not False:
            return self._get_rule_note()
        return self._get_prediction_missing() or self.env._(
            "Not enough data: the cost of past sales is still being filled in."
        )

    def _get_rule_note(self):
        model = self.env["customer.prediction.model"]._get_active(self.company_id)
        return self.env._(
            'By the rule "%(rule)s": on past days it ranked better than the prediction (grade '
            "%(grade)s), so no probability is shown.",
            rule=model._get_rule_label(),
            grade=model.grade or "",
        )

    def _get_date_answer(self):
        answer, note = self.env._("Not enough data"), ""
        if self.next_purchase_date:
            answer = write_day(self.env, self.next_purchase_date)
            note = self._get_date_range()
        elif self.occasion_count == 1:
            note = self.env._("A date needs at least two purchases.")
        else:
            note = self.env._("More likely gone than not: no date can be told.")
        return {
            "key": "next",
            "question": self.env._("Next purchase around"),
            "answer": answer,
            "note": note,
        }

    def _get_date_range(self):
        if not (self.next_purchase_from_date and self.next_purchase_until_date):
            return ""
        return self.env._(
            "In 8 of 10 cases between %(from)s and %(until)s.",
            **{
                "from": write_day(self.env, self.next_purchase_from_date),
                "until": write_day(self.env, self.next_purchase_until_date),
            },
        )

    def _get_worth_answer(self):
        answer = note = ""
        if self.lifetime_value is False:
            answer = self.env._("Not enough data")
            note = self.env._("The cost of past sales is still being filled in.")
        else:
            amounts = [
                write_money(self.env, self[name], self.currency_id)
                for name in ("net_profit_total", "predicted_profit", "lifetime_value")
            ]
            answer = self.env._(
                "%(past)s + %(future)s = %(total)s",
                past=amounts[0],
                future=amounts[1],
                total=amounts[2],
            )
            note = self._get_worth_note()
        return {
            "key": "worth",
            "question": self.env._("Worth so far + next 12 months"),
            "answer": answer,
            "note": note,
        }

    def _get_worth_note(self):
        note = ""
        if self.value_at_risk is not False:
            amount = write_money(self.env, self.value_at_risk, self.currency_id)
            note = self.env._("Value at risk: %(amount)s.", amount=amount)
        expected = self._get_selection_label("expected_value_class")
        if not expected:
            return note
        # On a line of its own: a term inside an f-string is not exported for translation.
        worth = self.env._("By expected profit: %(value_class)s.", value_class=expected)
        return f"{note} {worth}".strip()

    def _get_card_retention(self):
        """Return whether the customer is worth keeping; ``False`` without the right to profit."""
        if not self._has_field_access(self._fields["retention_verdict"], "read"):
            return False
        label = self._get_selection_label("retention_verdict")
        if self.retention_verdict == "offer":
            label = self.env._(
                "Keep with an offer up to %(amount)s",
                amount=write_money(self.env, self.retention_max_offer, self.currency_id),
            )
        return {
            "verdict": self.retention_verdict,
            "label": label or self.env._("Not enough data"),
            "sum": self.retention_sum,
        }

    def _get_alerts(self):
        alerts = super()._get_alerts()
        band = self._read_card_field("churn_band")
        is_leaving = band == "high" and self.stage == "slipping"
        if is_leaving and not self.is_computing:
            message = self.env._(
                "%(customer)s may be leaving: %(sentence)s",
                customer=self.display_name,
                sentence=self.prediction_sentence,
            )
            alerts["leaving"] = ("warning", message)
        return alerts
