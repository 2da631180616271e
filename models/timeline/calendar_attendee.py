from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    # The timeline finds the meetings of a customer through their contacts.
    _partner_idx = models.Index("(partner_id)")
