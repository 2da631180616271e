from odoo import models


class CustomerInteraction(models.Model):
    """Subjects and notes can come from anybody who writes to the company."""

    _name = "customer.interaction"
    _inherit = ["customer.interaction", "customer.export.safe"]
