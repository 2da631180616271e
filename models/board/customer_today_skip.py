from datetime import timedelta

from odoo import api, fields, models

# What was put aside longer ago than this lowers nothing any more.
REMEMBERED_DAYS = 180
# Reason -> for how many days this kind of reason stays away from this customer.
SKIP_DAYS = {"no_need": 60, "elsewhere": 14, "not_mine": 30, "wrong": 90, "other": 14}
SKIP_REASONS = [
    ("no_need", "Needs nothing at the moment"),
    ("elsewhere", "Somebody is in touch already"),
    ("not_mine", "Not my customer"),
    ("wrong", "The reason is not true"),
    ("other", "Another reason"),
]


class CustomerTodaySkip(models.Model):
    """A user's *later* or *not now* on the page Today: no contact, and never counted as one."""

    _name = "customer.today.skip"
    _description = "Customer Put Aside on the Page Today"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Char(help="The kind of reason put aside; empty: the customer as a whole.")
    reason = fields.Selection(selection=SKIP_REASONS, help="Empty: only put off.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    until_date = fields.Date(string="Back on", required=True)

    @api.autovacuum
    def _gc_skips(self):
        """Delete what is over and no longer remembered."""
        today = fields.Date.today()
        limit = today - timedelta(days=REMEMBERED_DAYS + 1)
        self.search([("date", "<", limit), ("until_date", "<", today)]).unlink()
