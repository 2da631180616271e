from odoo import models

from .customer_interaction_export import FORMULA_STARTS


class CustomerComplaint(models.Model):
    """What customers write may not become formulas of a spreadsheet."""

    _inherit = "customer.complaint"

    def export_data(self, fields_to_export):
        """Export records; text that a spreadsheet would run starts with an apostrophe."""
        result = super().export_data(fields_to_export)
        starts = (*FORMULA_STARTS, "+", "-")
        for row in result["datas"]:
            row[:] = [
                f"'{value}" if isinstance(value, str) and value.startswith(starts) else value
                for value in row
            ]
        return result
