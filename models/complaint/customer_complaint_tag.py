from odoo import fields, models

from ..base.folded_text import FoldedChar


class CustomerComplaintTag(models.Model):
    """A free mark on complaints; shared by all companies."""

    _name = "customer.complaint.tag"
    _description = "Tag of Complaints"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "name, id"

    name = FoldedChar(required=True)
    color = fields.Integer()

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a tag of this name already.")

    def _check_shared_new(self):
        """Anybody may add a tag: that changes nothing for the others."""
