from odoo import api, fields, models

from .customer_feedback import FEEDBACK_KINDS

CAUSES = [
    ("delivery", "Delivery done"),
    ("invoice", "Invoice paid"),
    ("complaint", "Complaint closed"),
    ("manual", "By hand"),
]
# cause, kind, days after the event; nobody is asked before a manager switches a rule on
DEFAULT_RULES = [("delivery", "rating", 3), ("invoice", "nps", 7), ("complaint", "rating", 1)]


class CustomerFeedbackRule(models.Model):
    """When customers of a company are asked what: one line per cause and kind of question."""

    _name = "customer.feedback.rule"
    _description = "Rule for Asking Customers"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "sequence, id"
    _rec_name = "cause"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    active_since = fields.Datetime(
        readonly=True, copy=False, help="What happened before is not asked about."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    cause = fields.Selection(
        selection=[cause for cause in CAUSES if cause[0] != "manual"], required=True
    )
    kind = fields.Selection(
        selection=FEEDBACK_KINDS, string="Question", required=True, default="rating"
    )
    delay_days = fields.Integer(
        string="Days after", default=3, help="Days from the event to the mail."
    )
    asked_percent = fields.Float(
        string="Share asked (%)",
        digits=(5, 2),
        default=100,
        help="Percent of the documents, chosen by their numbers: always the same ones.",
    )
    reminder_days = fields.Integer(
        string="Reminder after (days)", default=7, help="One reminder; 0 for none."
    )
    valid_days = fields.Integer(
        string="Link valid (days)", default=30, help="From the day the first mail is sent."
    )

    _cause_uniq = models.Constraint(
        "UNIQUE(company_id, cause)", "There is a rule for this cause already: change that one."
    )
    _number_range = models.Constraint(
        "CHECK(asked_percent BETWEEN 0 AND 100 AND delay_days BETWEEN 0 AND 365 "
        "AND reminder_days BETWEEN 0 AND 365 AND valid_days BETWEEN 1 AND 365)",
        "The share is 0 to 100 %, delay and reminder are 0 to 365 days, a link is valid 1 to 365 "
        "days.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.sudo().filtered(lambda r: r.active and not r.active_since)._note_active()
        return rules

    def write(self, vals):
        if vals.get("active"):
            sleeping = self.filtered(lambda rule: not rule.active)
            sleeping.sudo()._note_active()
        return super().write(vals)

    def _note_active(self):
        self.write({"active_since": fields.Datetime.now()})

    @api.model
    def _create_default_rules(self, companies):
        """Give companies that never had one a rule per cause, all switched off."""
        rules = self.sudo().with_context(active_test=False)
        known = rules.search([("company_id", "in", companies.ids)]).company_id
        rules.create(
            [
                {
                    "company_id": company.id,
                    "cause": cause,
                    "kind": kind,
                    "delay_days": days,
                    "sequence": number * 10,
                    "active": False,
                }
                for company in companies - known
                for number, (cause, kind, days) in enumerate(DEFAULT_RULES, 1)
            ]
        )
