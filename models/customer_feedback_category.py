from odoo import fields, models


class CustomerFeedback(models.Model):
    """Which kinds of products an answer is about."""

    _inherit = "customer.feedback"

    category_ids = fields.Many2many(
        string="Product categories",
        comodel_name="product.category",
        relation="customer_feedback_category_rel",
        help="Of the products on the document.",
    )
