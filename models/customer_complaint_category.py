from odoo import fields, models


class CustomerComplaintCategory(models.Model):
    """What a complaint is about: a tree, shared by all companies."""

    _name = "customer.complaint.category"
    _description = "Category of Complaints"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one(
        comodel_name="customer.complaint.category", ondelete="restrict", index=True
    )
    parent_path = fields.Char(index=True)
    complete_name = fields.Char(related="name")
    active = fields.Boolean(default=True)
