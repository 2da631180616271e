from odoo import models

# What a spreadsheet takes for a formula. Odoo itself takes care of plus and minus in CSV files,
# and a plus or minus is no formula in XLSX files.
FORMULA_STARTS = ("{=", "=", "@", "\t", "\r")


class CustomerExportSafe(models.AbstractModel):
    """Text that customers write never becomes a formula of a spreadsheet."""

    _name = "customer.export.safe"
    _description = "Export Without Formulas"

    def export_data(self, fields_to_export):
        """Export records; text that a spreadsheet would run starts with an apostrophe."""
        result = super().export_data(fields_to_export)
        result["datas"] = [
            [
                f"'{value}"
                if isinstance(value, str) and value.lstrip(" \n").startswith(FORMULA_STARTS)
                else value
                for value in row
            ]
            for row in result["datas"]
        ]
        return result
