from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.folded_text import FoldedChar

MAX_DEPTH = 20


class CustomerComplaintCategory(models.Model):
    """What a complaint is about: a tree, shared by all companies."""

    _name = "customer.complaint.category"
    _description = "Category of Complaints"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "name"]

    name = FoldedChar(required=True, translate=True)
    parent_id = fields.Many2one(
        string="Part of",
        comodel_name="customer.complaint.category",
        ondelete="restrict",
        index=True,
    )
    parent_path = fields.Char(index=True)
    complete_name = FoldedChar(
        string="Full name", compute="_compute_complete_name", store=True, recursive=True
    )
    active = fields.Boolean(default=True)

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parts = filter(None, (category.parent_id.complete_name, category.name))
            category.complete_name = " / ".join(parts)

    @api.depends("name", "parent_id.name", "parent_path")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The full name in the reader's language: what is stored for the order has but one."""
        for category in self:
            names, part = [], category
            while part and len(names) < MAX_DEPTH:  # a cycle is refused only after this
                names.insert(0, part.name or "")
                part = part.parent_id
            category.display_name = " / ".join(filter(None, names))

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot be a part of itself."))
