import json
import logging

from odoo import api, fields, models

from ...engine import payment as engine
from ..base.nullable import NullableFloat
from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_amount

_logger = logging.getLogger(__name__)

LEVELS = [
    ("full", "Learned from the company's own instalments"),
    ("few_instalments", "Fewer than 30 instalments have fallen due: nothing is foretold"),
    ("short_history", "Instalments of less than 90 days: nothing is foretold"),
    ("no_data", "No instalment has fallen due yet"),
]
LATE_SOURCES = [("model", "The model"), ("own_share", "The customer's own share paid late")]
DAY_SOURCES = [
    ("model", "The model"),
    ("own_mean", "Due date + the customer's own mean delay"),
    ("due_date", "The due date"),
]
GRADE_REASONS = [
    ("better_than_rules", "Better than the own share late, and than due date and own delay"),
    ("better_than_share", "Better than the own share late only; days by the best simple rule"),
    ("better_than_due", "Better days than the simple rules; late by the own share"),
    ("no_better", "No better than the simple rules, which are shown instead"),
    ("few_instalments", "Not graded: too few instalments in the past; simple rules are shown"),
    ("short_history", "Not graded: too short a history; simple rules are shown"),
]
# A company that has little to learn from learns soon.
SHORT_INTERVAL_DAYS = 7
# So little to read that it is read each time: an import of years must not wait a week.
LITTLE = ("no_data", "few_instalments")


class CustomerPaymentModel(models.Model):
    """What a company's instalments say about when its customers pay, graded on held-out months.

    Made anew every month; where the fit fails the one before stays in use. docs/late_payment.md.
    """

    _name = "customer.payment.model"
    _description = "Payment Prediction"
    _inherit = ["customer.forecast.job.mixin", "customer.date.bounds.mixin"]
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    date = fields.Date(string="Made on", required=True, readonly=True)
    level = fields.Selection(selection=LEVELS, required=True, readonly=True)
    instalment_count = fields.Integer(string="Instalments", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    history_days = fields.Integer(readonly=True, aggregator=None)
    late_ratio = NullableFloat(
        string="Share late", readonly=True, digits=(16, 4), aggregator=None, help="0 to 1."
    )
    grade = fields.Selection(selection=[("A", "A"), ("B", "B"), ("C", "C")], readonly=True)
    grade_reason = fields.Selection(
        selection=GRADE_REASONS, string="Reason of the grade", readonly=True
    )
    late_source = fields.Selection(selection=LATE_SOURCES, string="Probability by", readonly=True)
    day_source = fields.Selection(selection=DAY_SOURCES, string="Day by", readonly=True)
    brier = NullableFloat(string="Error of the probability", readonly=True, digits=(16, 4))
    rule_brier = NullableFloat(string="Of the own share late", readonly=True, digits=(16, 4))
    day_error = NullableFloat(string="Error of the day (days)", readonly=True, digits=(16, 2))
    due_day_error = NullableFloat(string="Of the due date (days)", readonly=True, digits=(16, 2))
    mean_day_error = NullableFloat(
        string="Of the own mean delay (days)", readonly=True, digits=(16, 2)
    )
    within_ratio = NullableFloat(
        string="Within the range",
        readonly=True,
        digits=(16, 4),
        help="Share of the held-out instalments that were paid within the range; 0.8 is meant.",
    )
    parameters = fields.Text(required=True, readonly=True, groups="base.group_system")
    card = fields.Json(string="Held-out windows", readonly=True, groups="base.group_system")

    @api.model
    def _get_active(self, company):
        """Return the model in use of a company, or none."""
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    def _get_engine_model(self):
        """Return the ``PaymentModel`` that was fitted."""
        self.ensure_one()
        return engine.PaymentModel.from_json(self.sudo().parameters)

    @api.model
    def _get_due_companies(self):
        """Return companies with customers whose payments were not foretold today."""
        profiles = self.env["customer.profile"].sudo()
        weeks = self.env["customer.cash.forecast"].sudo().search([("is_current", "=", True)])
        last = {company: rows[0].date for company, rows in weeks.grouped("company_id").items()}
        due = self.env["res.company"]
        for (company,) in profiles._read_group([], ["company_id"]):
            if company not in last or last[company] < profiles._get_today(company):
                due |= company
        return due

    @api.model
    def _make(self, company, today=None):
        """Learn if due, foretell every open document, and add up the weeks; return the weeks."""
        self = self.sudo().with_company(company)
        today = today or self.env["customer.profile"]._get_today(company)
        record = self._get_active(company)
        if self._is_due(record, today):
            record = self._fit(company, today)
        self.env["customer.payment.expectation"]._rebuild(company, record, today)
        return self.env["customer.cash.forecast"]._make(company, record, today)

    @api.model
    def _is_due(self, record, today):
        if not record or record.level in LITTLE:
            return True
        if record.level != "full":
            return (today - record.date).days >= SHORT_INTERVAL_DAYS
        return record.date < today.replace(day=1)

    @api.model
    def _fit(self, company, today):
        """Learn from all instalments of a company up to a day; return the new model."""
        history = self.env["customer.payment.expectation"]._get_history(company, None, today)
        day = today.toordinal()
        grade = engine.grade_payment(history, day)
        model = engine.fit_payment(history, day, (grade.late_source, grade.day_source))
        vals = self._prepare_vals(company, today, model, grade)
        record = self._get_active(company)
        if record.level in LITTLE:
            record.write(vals)
        else:
            record = self.create(vals)
        _logger.info(
            "Customer Value: payments of %s learned from %s instalments, grade %s",
            company.name,
            model.instalments,
            grade.grade or "none",
        )
        return record

    @api.model
    def _prepare_vals(self, company, today, model, grade):
        is_full = model.level == "full"
        windows = grade.windows if grade.grade else ()
        total = sum(one.instalments for one in windows)

        def mean(name):
            return sum(getattr(one, name) * one.instalments for one in windows) / total

        return {
            "company_id": company.id,
            "date": today,
            "level": model.level,
            "instalment_count": model.instalments,
            "customer_count": model.customers,
            "history_days": model.history_days,
            "late_ratio": model.share_late if is_full else None,
            "grade": grade.grade if is_full else False,
            "grade_reason": grade.reason,
            "late_source": model.late_source if is_full else False,
            "day_source": model.day_source if is_full else False,
            "brier": mean("brier") if windows else None,
            "rule_brier": mean("rule_brier") if windows else None,
            "day_error": mean("days") if windows else None,
            "due_day_error": mean("due_days") if windows else None,
            "mean_day_error": mean("mean_days") if windows else None,
            "within_ratio": mean("within") if windows else None,
            "parameters": model.to_json(),
            "card": json.loads(json.dumps(grade.to_dict())),
        }

    def _get_short_grade(self):
        """Return in a few words how far what is shown may be trusted; "" without a model."""
        if not self or self.level != "full":
            return ""
        if "model" not in (self.late_source, self.day_source):
            return self.env._("By simple rules of thumb.")
        return self.env._("Grade %(grade)s.", grade=self.grade)

    def _get_grade_text(self):
        """Return the grade in words, on which figures; "" without a model."""
        if not self:
            return ""
        self.ensure_one()
        labels = dict(self._fields["grade_reason"]._description_selection(self.env))
        parts = []
        if self.grade:
            parts.append(self.env._("Grade %(grade)s.", grade=self.grade))
        parts.append(f"{labels.get(self.grade_reason, '')}.")
        if self.day_error is not False:
            parts.append(
                self.env._(
                    "On held-out months the day was off by %(days)s days, the due date by %(due)s.",
                    days=write_amount(self.env, f"{self.day_error:.1f}"),
                    due=write_amount(self.env, f"{self.due_day_error:.1f}"),
                )
            )
        parts.append(self.env._("As of %(day)s.", day=write_day(self.env, self.date)))
        return " ".join(parts)
