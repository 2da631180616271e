from odoo import models


class CustomerComplaint(models.Model):
    """What customers write may not become formulas of a spreadsheet."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint", "customer.export.safe"]
