from odoo import api, models

from .reader_date import format_day, format_numeric_day
from .reader_number import write_digits


class IrQwebFieldCustomerDate(models.AbstractModel):
    """A day on a page or print, in the calendar and digits of its reader."""

    _name = "ir.qweb.field.customer_date"
    _description = "Day in the Calendar of its Reader"
    _inherit = "ir.qweb.field.date"

    @api.model
    def value_to_html(self, value, options):
        """Return the day as text; option ``format`` is a pattern of LDML."""
        if options.get("format"):
            text = format_day(self.env, value, date_format=options["format"])
        else:
            text = format_numeric_day(self.env, value)
        return write_digits(self.env, text)
