from odoo import api, fields, models
from odoo.tools import SQL, format_list

from ...engine import prediction
from ...engine.lifetime_value import MIN_STAY_PROBABILITY, judge_retention
from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE, GROUPS_STANDING
from ..base.scope import YEAR
from ..calendar.reader_number import write_amount, write_money
from ..guard.digits import write_digits
from ..guard.plural import count_days

# A share of pauses above this is nothing unusual; below, it is what has to be said first.
UNUSUAL_PAUSE = 0.2
GOOD_OTIF = 0.8
# Percentage points from which a change of the discount is worth a sentence.
DISCOUNT_CHANGE = 1.0


class CustomerProfile(models.Model):
    """The prediction in words: exact sentences made from the stored numbers, in any language.

    Facts beside a prediction that may explain it, as sentences in the reader's language.
    """

    _inherit = "customer.profile"

    prediction_sentence = fields.Char(
        string="Why", compute="_compute_prediction_sentence", groups=GROUPS_STANDING
    )
    retention_sum = fields.Char(
        string="The sum", compute="_compute_retention_sum", groups=GROUPS_PROFIT
    )

    @api.depends_context("lang", "uid")
    @api.depends(
        "prediction_reason",
        "pause_probability",
        "last_occasion_date",
        "next_purchase_date",
        "gap_median_days",
        "otif_ratio",
        "complaint_open_count",
        "prediction_raised_by",
        "prediction_raised_percent",
        "prediction_lowered_by",
        "prediction_lowered_percent",
    )
    def _compute_prediction_sentence(self):
        predicted = self.filtered(lambda profile: profile.alive_probability is not False)
        habits = predicted._get_buying_habits()
        for profile in self:
            parts = [profile._get_prediction_missing() or profile._get_rhythm_sentence()]
            if profile.alive_probability is not False:
                parts += filter(None, [profile._get_date_clause(), profile._get_move_clause()])
                key = (profile.company_id.id, profile.partner_id.id)
                parts += profile._get_prediction_signals(habits.get(key))
            profile.prediction_sentence = " ".join(parts)

    def _get_prediction_missing(self):
        """Return what is missing for a prediction, with what helps; "" if nothing is."""
        self.ensure_one()
        reason = self.prediction_reason or "no_purchase"
        if self.alive_probability is not False:
            return ""
        texts = {
            "no_purchase": self.env._("Not enough data: there is no purchase yet."),
            "no_model": self.env._(
                "Not enough data: the prediction of the company has not been made yet. It is "
                "made by itself, soon after the first sales."
            ),
            "no_data": self.env._(
                "Not enough data: nobody had bought when the prediction was last made."
            ),
            "short_history": self.env._(
                "Not enough data: the company's sales reach back less than 180 days."
            ),
        }
        return texts.get(
            reason,
            self.env._("Not enough data: the purchases of this customer contradict each other."),
        )

    def _get_rhythm_sentence(self):
        """Return how this customer buys and how unusual the present pause is."""
        self.ensure_one()
        pause = (self._get_today(self.company_id) - self.last_occasion_date).days
        if self.occasion_count == 1 and self.churn_probability is False:
            return self.env._("Bought once, %(pause)s ago.", pause=count_days(self.env, pause))
        if self.occasion_count == 1:
            return self.env._(
                "Bought once, %(pause)s ago; %(percent)s %% of such customers buy within %(days)s.",
                pause=count_days(self.env, pause),
                percent=self._get_percent(1 - self.churn_probability),
                days=count_days(self.env, self.prediction_horizon_days),
            )
        values = {
            "gap": count_days(self.env, round(self.gap_mean_days)),
            "pause": count_days(self.env, pause),
            "percent": self._get_percent(self.pause_probability),
        }
        if self.pause_probability < UNUSUAL_PAUSE:
            return self.env._(
                "Orders every %(gap)s on average; last order %(pause)s ago; only "
                "%(percent)s %% of this customer's pauses should be that long.",
                **values,
            )
        return self.env._(
            "Orders every %(gap)s on average; last order %(pause)s ago; %(percent)s %% "
            "of this customer's pauses should be at least that long, so this is nothing unusual.",
            **values,
        )

    def _get_date_clause(self):
        """Return why the expected date is far from the own rhythm; "" if it is not, or none is."""
        self.ensure_one()
        if not self.next_purchase_date or self.gap_median_days is False:
            return ""
        today = self._get_today(self.company_id)
        rhythm = prediction.OwnRhythm(
            count=self.gap_count,
            mean=self.gap_mean_days,
            median=self.gap_median_days,
            pause=(today - self.last_occasion_date).days,
            wait=(self.next_purchase_date - today).days,
        )
        reasons = prediction.explain_date(rhythm)
        if "uneven" in reasons:
            return self.env._(
                "The pauses differ much: half of them are %(median)s at most.",
                median=count_days(self.env, round(rhythm.median)),
            )
        texts = {
            "pause": self.env._("this pause is longer than usual already"),
            "few": self.env._(
                "few pauses are known (%(count)s)", count=write_digits(self.env, rhythm.count)
            ),
            "others": self.env._(
                "the habits of all customers count beside the %(count)s pauses of this one",
                count=write_digits(self.env, rhythm.count),
            ),
        }
        if not reasons:
            return ""
        return self.env._(
            "Expected again %(expected)s after the last order instead of %(usual)s, because "
            "%(why)s.",
            expected=count_days(self.env, rhythm.pause + rhythm.wait),
            usual=count_days(self.env, round(rhythm.mean)),
            why=format_list(self.env, [texts[reason] for reason in reasons]),
        )

    def _get_similar_sentence(self):
        """Return "37 of 100 like this one bought within 90 days", "" if that is unknown."""
        self.ensure_one()
        if self.similar_buyers_percent is False:
            return ""
        return self.env._(
            "%(count)s of 100 like this one bought within %(days)s.",
            count=write_digits(self.env, self.similar_buyers_percent),
            days=count_days(self.env, self.prediction_horizon_days),
        )

    @api.model
    def _get_percent(self, share):
        """Return a share as a whole percentage; nothing is impossible, and nothing is certain."""
        if share < 0.01:
            return write_digits(self.env, "<1")
        return write_digits(self.env, ">99" if share > 0.99 else f"{share * 100:.0f}")

    @api.depends_context("lang")
    @api.depends("retention_verdict", "predicted_profit", "alive_probability")
    def _compute_retention_sum(self):
        for company, profiles in self.grouped("company_id").items():
            plays = company._get_customer_retention_plays()
            for profile in profiles:
                profile.retention_sum = profile._get_retention_sum(plays)

    def _get_retention_sum(self, plays):
        """Return the sum behind the verdict in words; ``plays``: RetentionPlays or nothing."""
        if not plays:
            return self.env._(
                "Not enough data: set what a contact and an offer cost in the settings."
            )
        if not self.retention_verdict:
            return self._get_verdict_missing()
        alive, worth = self._get_stays_and_worths(self.alive_probability, self.predicted_profit)
        if alive < MIN_STAY_PROBABILITY:
            return self.env._(
                "Only %(stay)s of 100 such customers are still there: it is too late to keep "
                "this one. Winning back is another matter.",
                stay=self._get_percent(alive),
            )
        verdict = judge_retention(alive, worth, plays)
        shares = {
            "stay": self._get_percent(alive),
            "with_contact": self._get_percent(verdict.contact_stay_probability),
            "with_offer": self._get_percent(verdict.offer_stay_probability),
        }
        amounts = {
            "worth": worth,
            "contact_cost": plays.contact_cost,
            "offer_cost": plays.offer_cost,
            "nothing": verdict.untouched,
            "contact": verdict.with_contact,
            "offer": verdict.with_offer,
        }
        texts = {name: write_money(self.env, x, self.currency_id) for name, x in amounts.items()}
        return self.env._(
            "Doing nothing: %(stay)s of 100 stay × %(worth)s = %(nothing)s. A contact: "
            "%(with_contact)s of 100 × %(worth)s − %(contact_cost)s = %(contact)s. With an "
            "offer: %(with_offer)s of 100 × (%(worth)s − %(offer_cost)s) − %(contact_cost)s = "
            "%(offer)s.",
            **shares,
            **texts,
        )

    def _get_prediction_signals(self, habits):
        """Return sentences on facts that may explain it; extended by other features.

        :param habits: row of :meth:`_get_buying_habits`, ``None`` for nothing bought in two years
        """
        self.ensure_one()
        parts = [
            self._get_complaint_signal(),
            self._get_delivery_signal(),
            self._get_category_signal(habits),
            self._get_discount_signal(habits),
        ]
        return [part for part in parts if part]

    def _get_complaint_signal(self):
        self.ensure_one()
        if not self.complaint_open_count:
            return ""
        if self.complaint_open_count == 1:
            return self.env._("A complaint is open.")
        count = write_digits(self.env, self.complaint_open_count)
        return self.env._("%(count)s complaints are open.", count=count)

    def _get_delivery_signal(self):
        self.ensure_one()
        if self.otif_ratio is False or self.otif_ratio >= GOOD_OTIF:
            return ""
        return self.env._(
            "Of what was promised last year, %(percent)s %% arrived on time and in full.",
            percent=self._get_percent(self.otif_ratio),
        )

    def _get_category_signal(self, habits):
        """Return how many product categories are bought from, if they became more or fewer."""
        if not habits or not habits["categories"] or not habits["categories_before"]:
            return ""
        if habits["categories"] == habits["categories_before"]:
            return ""
        return self.env._(
            "Product categories bought from within a year: %(now)s, the year before: %(before)s.",
            now=write_digits(self.env, habits["categories"]),
            before=write_digits(self.env, habits["categories_before"]),
        )

    def _get_discount_signal(self, habits):
        """Return the mean discount, if it changed by a point or more, to who sees revenue."""
        if not self.env.su and not self.env.user.has_groups(GROUPS_REVENUE):
            return ""
        if not habits or habits["discount"] is None or habits["discount_before"] is None:
            return ""
        if abs(habits["discount"] - habits["discount_before"]) < DISCOUNT_CHANGE:
            return ""
        return self.env._(
            "The discount was %(now)s %% on average within a year, %(before)s %% the year before.",
            now=write_amount(self.env, f"{habits['discount']:.1f}"),
            before=write_amount(self.env, f"{habits['discount_before']:.1f}"),
        )

    def _get_buying_habits(self):
        """Return (company, customer) -> categories and mean discount of two years, one query each.

        Categories: number bought from. Discount: of the list price of what was invoiced, 0 to
        100; ``None`` in a year without an invoice. ``…_before``: the year before the last.
        """
        habits = {}
        for company, profiles in self.grouped("company_id").items():
            found = self._read_buying_habits(company, profiles.partner_id.ids)
            habits |= {(company.id, row["partner_id"]): row for row in found}
        return habits

    @api.model
    def _read_buying_habits(self, company, partner_ids):
        scope = self._get_scope(company, partner_ids)
        year = fields.Date.subtract(scope.today, days=YEAR)
        before = fields.Date.subtract(scope.today, days=2 * YEAR)
        self.env["account.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """WITH %(contact)s, line AS (
                    SELECT c.partner_id, m.invoice_date > %(year)s AS recent, t.categ_id,
                           -l.balance AS net,
                           -l.balance * 100 / (100 - COALESCE(l.discount, 0)) AS gross
                      FROM contact c
                      JOIN account_move m ON m.commercial_partner_id = c.id
                      JOIN account_move_line l ON l.move_id = m.id
                 LEFT JOIN product_product p ON p.id = l.product_id
                 LEFT JOIN product_template t ON t.id = p.product_tmpl_id
                     WHERE %(companies)s
                       AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_receipt')
                       AND m.invoice_date > %(before)s AND m.invoice_date <= %(today)s
                       AND l.display_type = 'product'
                       AND NOT COALESCE(l.is_downpayment, FALSE)
                       AND l.balance < 0
                       AND COALESCE(l.discount, 0) BETWEEN 0 AND 99.99
                )
                SELECT partner_id,
                       COUNT(DISTINCT categ_id) FILTER (WHERE recent) AS categories,
                       COUNT(DISTINCT categ_id) FILTER (WHERE NOT recent) AS categories_before,
                       (100 - 100 * SUM(net) FILTER (WHERE recent)
                           / SUM(gross) FILTER (WHERE recent))::float8 AS discount,
                       (100 - 100 * SUM(net) FILTER (WHERE NOT recent)
                           / SUM(gross) FILTER (WHERE NOT recent))::float8 AS discount_before
                  FROM line
              GROUP BY partner_id""",
                contact=self._get_contact_sql(scope),
                companies=scope.where_company(SQL("m.company_id")),
                today=scope.today,
                year=year,
                before=before,
            )
        )
        return self.env.cr.dictfetchall()
