from odoo import fields, models

from ..base.folded_text import FoldedChar


class CustomerComplaintTag(models.Model):
    """A free mark on complaints; shared by all companies."""

    _name = "customer.complaint.tag"
    _description = "Tag of Complaints"
    _inherit = "customer.gate.mixin"
    _order = "name, id"

    name = FoldedChar(required=True)
    color = fields.Integer()

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a tag of this name already.")
