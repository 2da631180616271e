from odoo import fields, models

from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_money
from ..guard.digits import write_digits


class CustomerCall(models.Model):
    """What the caller most often calls about, before the phone is picked up."""

    _inherit = "customer.call"

    def _get_popup_standing(self, partner):
        """Add ``facts``: what is overdue, the last order, deliveries on their way.

        Each only for users who may read it elsewhere; sentences in the user's language.
        """
        standing = super()._get_popup_standing(partner)
        if not standing:
            return standing
        facts = [
            self._get_popup_overdue(partner.customer_profile_id),
            self._get_popup_last_order(partner),
            self._get_popup_deliveries(partner),
        ]
        return standing | {"facts": [fact for fact in facts if fact]}

    def _get_popup_overdue(self, profile):
        overdue = profile and profile._read_card_field("overdue_amount")
        if not overdue or overdue <= 0:
            return False
        amount = write_money(profile.env, overdue, profile.currency_id)
        text = profile.env._("Overdue: %(amount)s", amount=amount)
        return {"key": "overdue", "text": text, "is_bad": True}

    def _get_popup_last_order(self, partner):
        orders = partner.env["sale.order"]
        if not orders.has_access("read"):
            return False
        order = orders.search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "child_of", self.company_id.id),
                ("state", "=", "sale"),
            ],
            order="date_order desc, id desc",
            limit=1,
        )
        if not order:
            return False
        text = partner.env._(
            "Last order: %(order)s, %(day)s",
            order=order.name,
            day=write_day(partner.env, order.date_order),
        )
        return {"key": "last_order", "text": text, "is_bad": False}

    def _get_popup_deliveries(self, partner):
        """Return how many deliveries are open, and the day of the next one."""
        pickings = partner.env["stock.picking"]
        if not pickings.has_access("read"):
            return False
        domain = [
            ("partner_id", "child_of", partner.commercial_partner_id.id),
            ("company_id", "child_of", self.company_id.id),
            ("picking_type_code", "=", "outgoing"),
            ("state", "not in", ("draft", "done", "cancel")),
        ]
        count = pickings.search_count(domain)
        if not count:
            return False
        first = pickings.search(domain, order="scheduled_date, id", limit=1)
        day = first.date_deadline or first.scheduled_date
        text = partner.env._(
            "Open deliveries: %(count)s, next %(day)s",
            count=write_digits(partner.env, count),
            day=write_day(partner.env, day),
        )
        return {"key": "deliveries", "text": text, "is_bad": day < fields.Datetime.now()}
