from odoo import api, models

from .reader_date import format_moment
from .reader_number import write_digits


class IrQwebFieldCustomerDatetime(models.AbstractModel):
    """A moment on a page or print, in the calendar and digits of its reader, to the minute."""

    _name = "ir.qweb.field.customer_datetime"
    _description = "Moment in the Calendar of its Reader"
    _inherit = "ir.qweb.field.datetime"

    @api.model
    def value_to_html(self, value, options):
        """Return day and time as text; option ``tz_name`` is the time zone, else the reader's."""
        text = format_moment(self.env, value, tz=options.get("tz_name"))
        return write_digits(self.env, text)
