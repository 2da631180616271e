from odoo import models

# What a spreadsheet takes for a formula. Odoo itself takes care of plus and minus in CSV files,
# and a plus or minus is no formula in XLSX files.
FORMULA_STARTS = ("{=", "=", "@", "\t", "\r")


def disarm(value):
    """Return what is written into a cell for a value: no formula, whatever text it is."""
    if isinstance(value, str) and value.lstrip(" \n").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class CustomerExportSafeMixin(models.AbstractModel):
    """Text that customers write never becomes a formula of a spreadsheet."""

    _name = "customer.export.safe.mixin"
    _description = "Export Without Formulas"

    def export_data(self, fields_to_export):
        """Export records; text that a spreadsheet would run starts with an apostrophe."""
        result = super().export_data(fields_to_export)
        result["datas"] = [[disarm(value) for value in row] for row in result["datas"]]
        return result
