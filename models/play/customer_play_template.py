from odoo import api, fields, models

GOALS = [("purchase", "They buy"), ("payment", "They pay what is overdue")]


class CustomerPlayTemplate(models.Model):
    """A ready-made play: for whom, why, and its steps."""

    _name = "customer.play.template"
    _description = "Ready-made Play"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: for every company.",
    )
    reason = fields.Text(
        string="Why", translate=True, help="Stands in the activity, so that everybody knows."
    )
    domain = fields.Char(
        string="For whom", required=True, default="[]", help="A filter on customers."
    )
    goal = fields.Selection(selection=GOALS, required=True, default="purchase")
    period_days = fields.Integer(string="Runs for (days)", default=30)
    after_days = fields.Integer(
        string="Measured after it (days)",
        default=30,
        help="Purchases count until so many days after the last day of the play.",
    )
    is_offer = fields.Boolean(string="With an offer")
    is_retention = fields.Boolean(
        string="Teaches the verdicts",
        help="What such plays have brought counts in whether a customer is worth keeping.",
    )
    is_worth_only = fields.Boolean(string="Only who is worth it")
    is_complaint_allowed = fields.Boolean(string="Also with an open complaint")
    step_ids = fields.One2many(
        comodel_name="customer.play.template.step", inverse_name="template_id", copy=True
    )

    _days_range = models.Constraint(
        "CHECK(period_days BETWEEN 1 AND 365 AND after_days BETWEEN 0 AND 365)",
        "A play runs for 1 to 365 days, and is measured for 0 to 365 days after.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for template in self:
            self.env["customer.play"]._read_domain(template.domain)
