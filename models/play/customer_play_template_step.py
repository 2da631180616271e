from odoo import fields, models


class CustomerPlayTemplateStep(models.Model):
    """A step of a ready-made play."""

    _name = "customer.play.template.step"
    _description = "Step of a Ready-made Play"
    _inherit = ["customer.play.step.mixin", "customer.company.mixin", "customer.gate.mixin"]
    _order = "template_id, day, sequence, id"

    template_id = fields.Many2one(
        comodel_name="customer.play.template", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="template_id.company_id", store=True, index="btree_not_null"
    )
