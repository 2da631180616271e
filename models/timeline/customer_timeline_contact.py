from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import TimelineSource

# The kinds of an interaction whose channel has another name.
INTERACTION_CHANNELS = {"call": "phone", "visit": "in_person", "meeting": "in_person"}


class CustomerTimeline(models.Model):
    """Logged interactions, and meetings in the calendar."""

    _inherit = "customer.timeline"

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {
            "interaction": (0, self._get_timeline_interactions),
            "meeting": (1, self._get_timeline_meetings),
        }

    def _get_timeline_interactions(self, number):
        source = self._get_timeline_source(
            "customer.interaction", "partner_id", customer_name="customer_id"
        )
        if not source:
            return []
        columns = self._get_timeline_columns(
            source,
            date="date",
            kind="kind",
            direction="direction",
            subject="subject",
            user_id="user_id",
            company_id="company_id",
        )
        cases = [SQL("WHEN %s THEN %s", *pair) for pair in INTERACTION_CHANNELS.items()]
        columns |= {
            "date": SQL("date_trunc('second', %s)", columns["date"]),
            "channel": SQL(
                "CASE %s %s ELSE %s END", columns["kind"], SQL(" ").join(cases), columns["kind"]
            ),
            "status": self._get_timeline_labels(source, "outcome"),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_meetings(self, number):
        """Meetings of the calendar, once per customer however many of their contacts came."""
        query = self._get_timeline_query("calendar.event", self._get_visible_meetings())
        if query is None:
            return []
        events, attendees = self.env["calendar.event"], self.env["calendar.attendee"]
        attendee = query.join(query.table, "id", "calendar_attendee", "event_id", "timeline_guest")
        customer = self._join_timeline_customer(query, attendees, "partner_id", attendee)
        person = self._get_timeline_column(attendee, attendees, "partner_id")
        source = TimelineSource(events, query, person, customer)
        event_id, attendee_id = SQL.identifier(query.table, "id"), SQL.identifier(attendee, "id")
        query.add_where(SQL(_IS_FIRST, event=event_id, attendee=attendee_id, customer=customer))
        query.add_where(self._get_timeline_not_logged(event_id, customer))
        query.add_where(
            SQL("%s NOT IN (SELECT partner_id FROM res_users WHERE share IS NOT TRUE)", person)
        )
        columns = self._get_timeline_columns(
            source, is_day="allday", subject="name", user_id="user_id"
        )
        columns |= {
            "date": self._get_meeting_start(source),
            "kind": SQL("'meeting'"),
            "direction": SQL("'both'"),
            "channel": SQL("'in_person'"),
        }
        return [self._select_timeline(number, source, columns, attendee_id)]

    @api.model
    def _get_meeting_start(self, source):
        names = self._get_timeline_columns(
            source, start="start", is_all_day="allday", day="start_date"
        )
        return SQL(
            "CASE WHEN %s THEN %s ELSE %s END",
            names["is_all_day"],
            self._get_timeline_noon(names["day"]),
            names["start"],
        )

    @api.model
    def _get_visible_meetings(self):
        """Return the domain of meetings whose subject and guests the user may know.

        Odoo lets everybody read private meetings but masks them as busy; here they are left out.
        """
        if self.env.su:
            return Domain.TRUE
        private = (
            self.env["res.users.settings"]
            .sudo()
            ._search([("calendar_default_privacy", "=", "private")])
        )
        by_default = Domain("privacy", "=", False) & (
            Domain("user_id", "=", False)
            | Domain("user_id", "not in", private.subselect("user_id"))
        )
        return (
            Domain("privacy", "in", ("public", "confidential"))
            | by_default
            | Domain("user_id", "=", self.env.uid)
            | Domain("partner_ids", "in", self.env.user.partner_id.ids)
        )

    @api.model
    def _get_timeline_not_logged(self, event_id, customer):
        """Return the condition that the user sees no interaction logged for the meeting."""
        domain = Domain("res_model", "=", "calendar.event")
        query = self._get_timeline_query("customer.interaction", domain)
        if query is None:
            return SQL("TRUE")
        query.add_where(
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(query.table, "res_id"),
                event_id,
                SQL.identifier(query.table, "customer_id"),
                customer,
            )
        )
        return SQL("NOT EXISTS %s", query.subselect())


_IS_FIRST = """NOT EXISTS (
    SELECT FROM calendar_attendee other_guest
      JOIN res_partner other_partner ON other_partner.id = other_guest.partner_id
     WHERE other_guest.event_id = %(event)s AND other_guest.id < %(attendee)s
       AND other_partner.commercial_partner_id = %(customer)s)"""
