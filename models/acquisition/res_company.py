from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """What both sides of a referral get."""

    _inherit = "res.company"

    customer_referral_program_id = fields.Many2one(
        string="Points for referrals",
        comodel_name="loyalty.program",
        ondelete="restrict",
        groups=GROUPS_SETTINGS,
        help="Empty: referrals are counted, and nothing is given for them.",
    )
    customer_referral_points = fields.Float(
        string="Points for who brings a customer", default=100, groups=GROUPS_SETTINGS
    )
    customer_referral_points_referred = fields.Float(
        string="Points for who comes", default=50, groups=GROUPS_SETTINGS
    )

    customer_referral_least_amount = fields.Monetary(
        string="Smallest invoice for the points",
        groups=GROUPS_SETTINGS,
        help="Net, less what is given back of it and what was not paid with money. 0: any paid "
        "invoice will do.",
    )

    _referral_amount_range = models.Constraint(
        "CHECK(customer_referral_least_amount >= 0)",
        "The smallest invoice for a referral cannot be negative.",
    )
    # PostgreSQL has infinity, and "not a number" above it.
    _referral_points_range = models.Constraint(
        "CHECK(customer_referral_points >= 0 AND customer_referral_points < 'Infinity'"
        " AND customer_referral_points_referred >= 0"
        " AND customer_referral_points_referred < 'Infinity')",
        "Points for a referral cannot be negative.",
    )

    @api.constrains("customer_referral_program_id")
    def _check_customer_referral_program(self):
        for company in self.sudo():
            program = company.customer_referral_program_id
            if program and (
                program.program_type != "loyalty" or not program.company_id <= company.parent_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(program)s is no loyalty program of %(company)s: choose another.",
                        program=program.name,
                        company=company.name,
                    )
                )
