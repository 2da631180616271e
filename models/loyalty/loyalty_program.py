from odoo import fields, models

from ..base.access import GROUPS_EMPLOYEES


class LoyaltyProgram(models.Model):
    """The type of a program tells whether its products are money or goods.

    A program may be for the customers of some tiers only.
    """

    _name = "loyalty.program"
    _inherit = ["customer.refresh.source.mixin", "loyalty.program"]

    _refresh_reason = "loyalty"
    _refresh_fields = frozenset({"program_type"})

    customer_tier_ids = fields.Many2many(
        string="Only for customers of",
        comodel_name="customer.tier",
        relation="customer_tier_loyalty_program_rel",
        column1="program_id",
        column2="tier_id",
        groups=GROUPS_EMPLOYEES,
        help="Empty: for everybody. Else only customers who hold one of these tiers can use the "
        "program on orders.",
    )

    def _get_customer_pairs(self):
        """Return (customer id, company id) of who bought with these products."""
        return self._get_buyer_pairs(self.sudo().rule_ids.product_ids)
