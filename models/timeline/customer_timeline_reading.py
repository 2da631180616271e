from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import MissingError, ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..base.input_reader import FORBIDDEN, MAX_ID
from ..guard.customer_date_bounds import FIRST_MOMENT, LAST_MOMENT, is_within
from .customer_timeline import MAX_BRANCHES

MAX_PAGE_SIZE = 500
MAX_ENTRY_ID = 2**63
PREVIEW_LENGTH = 4000
FETCHED = (
    "date",
    "is_day",
    "kind",
    "direction",
    "channel",
    "subject",
    "status",
    "amount",
    "currency_id",
    "user_id",
    "partner_id",
    "res_model",
    "res_id",
)
# branch -> (model, field with the text) for the preview
PREVIEWS = {
    "interaction": ("customer.interaction", "note"),
    "lead": ("crm.lead", "description"),
    "order": ("sale.order", "note"),
    "invoice": ("account.move", "narration"),
    "payment": ("account.payment", "memo"),
    "transfer": ("stock.picking", "note"),
    "message": ("mail.message", "body"),
    "activity": ("mail.activity", "note"),
    "rating": ("rating.rating", "feedback"),
    "complaint": ("customer.complaint", "description"),
}


class CustomerTimeline(models.Model):
    """What the timeline component of a contact reads, page by page."""

    _inherit = "customer.timeline"

    @api.model
    @api.readonly
    def get_timeline(
        self,
        customer_id,
        kinds=None,
        date_from=None,
        date_to=None,
        text=None,
        before=None,
        limit=80,
    ):
        """Return the newest entries of a customer that the user may read. Public: RPC.

        :param int customer_id: a contact; the timeline is the one of their commercial partner
        :param list kinds: only these kinds
        :param str date_from: first day, YYYY-MM-DD in the time zone of the user
        :param str date_to: last day
        :param str text: part of the subject
        :param dict before: ``date`` and ``id`` of the last entry of the page before
        :param int limit: entries per page, 1 to 500
        :return: JSON dictionary. ``entries``: id, date (UTC, ``YYYY-MM-DD HH:MM:SS``), is_day
            (the time means nothing), kind, direction, channel, subject, status, amount (of
            ``currency_id``, ``False`` without right or meaning), user, partner (names),
            res_model, res_id; ``has_more``; ``kinds`` and ``channels``: key and label
        :raise AccessError: when the user may not read the contact or the timeline
        :raise MissingError: when there is no such contact
        :raise ValidationError: when an argument is not what it should be
        """
        self.browse().check_access("read")
        customer = self._get_timeline_customer(customer_id)
        domain = Domain("customer_id", "=", customer.id)
        domain &= self._get_timeline_filters(kinds, date_from, date_to, text)
        domain &= self._get_timeline_keyset(before)
        self._check_page_size(limit)
        rows = self.search_fetch(domain, FETCHED, limit=limit + 1, order="date desc, id desc")
        page = rows[:limit]
        labels = {
            name: self._fields[name]._description_selection(self.env)
            for name in ("kind", "channel")
        }
        return {
            "entries": [row._get_timeline_entry() for row in page],
            "has_more": len(rows) > limit,
            "kinds": labels["kind"],
            "channels": labels["channel"],
        }

    @api.model
    def _check_page_size(self, limit):
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_PAGE_SIZE:
            raise ValidationError(
                self.env._("A page has 1 to %(limit)s entries.", limit=MAX_PAGE_SIZE)
            )

    @api.model
    def _get_timeline_customer(self, customer_id):
        if type(customer_id) is not int or not 0 < customer_id <= MAX_ID:
            raise ValidationError(self.env._("The customer must be the id of a contact."))
        contact = self.env["res.partner"].browse(customer_id).exists()
        if not contact:
            raise MissingError(self.env._("This contact does not exist any more."))
        contact.check_access("read")
        return contact.sudo().commercial_partner_id

    @api.model
    def _get_timeline_filters(self, kinds, date_from, date_to, text):
        domain = Domain.TRUE
        if kinds:
            known = dict(self._fields["kind"].selection)
            if not isinstance(kinds, list) or not all(
                isinstance(kind, str) and kind in known for kind in kinds
            ):
                raise ValidationError(
                    self.env._("Kinds are a list of: %(kinds)s.", kinds=", ".join(known))
                )
            domain &= Domain("kind", "in", kinds)
        if date_from:
            domain &= Domain("date", ">=", self._get_timeline_midnight(date_from))
        if date_to:
            domain &= Domain("date", "<", self._get_timeline_midnight(date_to, days=1))
        if text:
            if not isinstance(text, str) or FORBIDDEN.search(text):
                raise ValidationError(
                    self.env._("The text to search must be a text without control characters.")
                )
            domain &= Domain("subject", "ilike", text)
        return domain

    @api.model
    def _get_timeline_midnight(self, day, days=0):
        """Return the start of a day of the user, in UTC."""
        try:
            first = fields.Date.to_date(day)
        except (TypeError, ValueError, AttributeError):
            first = None
        if not first or not is_within(first):
            raise ValidationError(
                self.env._(
                    "%(value)s is not a day of the years 1900 to 2200: write it as YYYY-MM-DD.",
                    value=FORBIDDEN.sub(" ", str(day))[:40],
                )
            )
        midnight = datetime.combine(first + timedelta(days=days), time.min)
        return self.env.tz.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_timeline_keyset(self, before):
        """Return what is older than an entry: pages stay apart when new entries come in."""
        if not before:
            return Domain.TRUE
        try:
            date, row = fields.Datetime.to_datetime(before["date"]), int(before["id"])
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            date, row = None, 0
        if not date or not is_within(date) or not 0 <= row < MAX_ENTRY_ID:
            raise ValidationError(self.env._("To go on after an entry, give its date and id."))
        same = Domain("date", "=", date)
        # Entries out of all reason are told with the nearest date within.
        if date == FIRST_MOMENT:
            return Domain("date", "<=", date) & Domain("id", "<", row)
        if date == LAST_MOMENT:
            same = Domain("date", ">=", date)
        return Domain("date", "<", date) | (same & Domain("id", "<", row))

    def _get_timeline_entry(self):
        self.ensure_one()
        entry = {name: self[name] for name in ("kind", "direction", "channel", "subject", "status")}
        return entry | {
            "id": self.id,
            "date": fields.Datetime.to_string(self.date),
            "is_day": self.is_day,
            "amount": self.amount if self.currency_id else False,
            "currency_id": self.currency_id.id,
            "user": self.user_id.sudo().name or False,
            "partner": self.partner_id.sudo().name or False,
            "res_model": self.res_model,
            "res_id": self.res_id,
        }

    # === ONE ENTRY ===

    @api.readonly
    def get_preview(self):
        """Return the text of one entry, as plain text. Public: RPC.

        :return: JSON dictionary: ``text``, at most 4 000 characters, empty when there is none
            or the user may not read it; ``is_cut``: whether there is more
        :raise AccessError: when the user may not read the entry or its document
        """
        self.ensure_one()
        self.check_access("read")
        self._get_timeline_document()
        number = self.id % MAX_BRANCHES
        names = {n: name for name, (n, _method) in self._get_timeline_branches().items()}
        model, field = self._get_timeline_previews().get(names[number], (None, None))
        if not model or not self.env[model].has_access("read"):
            return {"text": "", "is_cut": False}
        record = self.env[model].with_context(active_test=False).browse(self.id // MAX_BRANCHES)
        text = record._filtered_access("read")[field] or ""
        if self.env[model]._fields[field].type == "html":
            text = html2plaintext(text)
        return {"text": text[:PREVIEW_LENGTH].strip(), "is_cut": len(text) > PREVIEW_LENGTH}

    @api.model
    def _get_timeline_previews(self):
        """Return where the text of an entry is: branch -> (model, field), by id of the source."""
        return PREVIEWS

    def action_open_document(self):
        """Return the action that opens the document of an entry. Public: button and RPC.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        return self._get_timeline_document().get_formview_action()

    def _get_timeline_document(self):
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return document

    def export_data(self, fields_to_export):
        """Keep subjects customers wrote from becoming formulas of a spreadsheet."""
        result = super().export_data(fields_to_export)
        for row in result["datas"]:
            row[:] = [
                f"'{value}"
                if isinstance(value, str) and value[:1] in "=+-@\t\r" and value
                else value
                for value in row
            ]
        return result
