from odoo import models

# What a spreadsheet takes for a formula. Odoo itself takes care of plus and minus in CSV files,
# and phone numbers start with a plus.
FORMULA_STARTS = ("=", "@", "\t", "\r")


class CustomerInteraction(models.Model):
    """Subjects and notes can come from anybody who writes to the company."""

    _inherit = "customer.interaction"

    def export_data(self, fields_to_export):
        """Export records; text that a spreadsheet would run starts with an apostrophe."""
        result = super().export_data(fields_to_export)
        result["datas"] = [
            [
                f"'{value}"
                if isinstance(value, str) and value.startswith(FORMULA_STARTS)
                else value
                for value in row
            ]
            for row in result["datas"]
        ]
        return result
