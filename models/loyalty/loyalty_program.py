from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
        context={"active_test": False},  # a tier that is archived opens nothing to everybody
        groups=GROUPS_EMPLOYEES,
        help="Empty: for everybody. Else only customers who hold one of these tiers can use the "
        "program on orders, and tills of the point of sale do not offer it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs._keep_from_tills()
        return programs

    def write(self, vals):
        """Refuse to offer at tills what is for customers of some tiers only.

        :raise ValidationError: who stands at a till is not asked for their tier
        """
        result = super().write(vals)
        if vals.get("pos_ok") and (named := self.sudo().filtered("customer_tier_ids")):
            raise ValidationError(
                self.env._(
                    "%(program)s is for customers of some tiers only: tills cannot offer it.",
                    program=named[0].name,
                )
            )
        if "customer_tier_ids" in vals:
            self._keep_from_tills()
        return result

    def _keep_from_tills(self):
        """Have tills not offer what is for customers of some tiers only.

        Odoo's point of sale may not be installed; its checks know nothing of tiers.
        """
        if "pos_ok" in self._fields:
            programs = self.sudo().with_context(active_test=False)
            programs.filtered(lambda one: one.pos_ok and one.customer_tier_ids).pos_ok = False

    def _register_hook(self):
        """Look after what was there before the point of sale was: at first it offers everything."""
        super()._register_hook()
        if "pos_ok" in self._fields:
            programs = self.sudo().with_context(active_test=False)
            programs.search([("customer_tier_ids", "!=", False)])._keep_from_tills()

    def _get_customer_pairs(self):
        """Return (customer id, company id) of who bought with these products."""
        return self._get_buyer_pairs(self.sudo().rule_ids.product_ids)
