from odoo import fields, models

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """What a company prints of loyalty, and where it books what points are worth."""

    _inherit = "res.company"

    customer_points_on_invoice = fields.Boolean(
        string="Tier and points on invoices",
        help="Invoices say the customer's loyalty tier, and how many points they have that day.",
        groups=GROUPS_SETTINGS,
    )
    customer_points_is_booked = fields.Boolean(
        string="Book outstanding points",
        help="Accountants may make a draft entry for each month end, which brings the liability "
        "to what outstanding points are worth. Branches without accounts of their own use these.",
        groups=GROUPS_SETTINGS,
    )
    customer_points_journal_id = fields.Many2one(
        string="Journal for points",
        comodel_name="account.journal",
        domain=[("type", "=", "general")],
        check_company=True,
        groups=GROUPS_SETTINGS,
    )
    customer_points_liability_account_id = fields.Many2one(
        string="Liability for points",
        comodel_name="account.account",
        domain=[("internal_group", "=", "liability")],
        check_company=True,
        groups=GROUPS_SETTINGS,
    )
    customer_points_expense_account_id = fields.Many2one(
        string="Expense for points",
        comodel_name="account.account",
        domain=[("internal_group", "in", ("expense", "income"))],
        check_company=True,
        groups=GROUPS_SETTINGS,
    )

    def _get_points_booking(self):
        """Return the company whose accounts book the points of this one: itself, or one above.

        With all rights, as who makes entries need not see settings; none if nobody books.
        """
        self.ensure_one()
        companies = self.sudo().parent_ids.filtered("customer_points_is_booked")
        return companies.sorted(lambda company: len(company.parent_ids))[-1:]
