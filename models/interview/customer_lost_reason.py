from odoo import fields, models

from ..base.folded_text import FoldedChar


class CustomerLostReason(models.Model):
    """Why customers leave; shared by all companies unless one owns it."""

    _name = "customer.lost.reason"
    _description = "Reason Why Customers Leave"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "sequence, name, id"

    name = FoldedChar(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", ondelete="cascade", index="btree_not_null"
    )
