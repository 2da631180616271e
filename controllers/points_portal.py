from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.http import request, route

from ..models.base.input_reader import MAX_ID

PAGE_SIZE = 20


class PointsPortal(CustomerPortal):
    """Customers see their points: how many, what they buy, and what became of them.

    Portal users have no rights on cards; who asks for one that is not theirs sees their own.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "points_card_count" in counters:
            values["points_card_count"] = len(self._find_points_cards())
        return values

    def _find_points_cards(self):
        """Return the cards of the user's company, with points from paid invoices."""
        user = request.env.user
        if not user._is_portal():
            return request.env["loyalty.card"]
        return user.partner_id.sudo()._get_points_cards_of()

    @route(
        [
            "/my/points",
            "/my/points/page/<int:page>",
            "/my/points/<int:card_id>",
            "/my/points/<int:card_id>/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def points_page(self, card_id=0, page=1, **kwargs):
        """Show a card of the user's company."""
        cards = self._find_points_cards()
        if not cards:
            return request.redirect("/my")
        card = cards.filtered(lambda card: card.id == card_id)[:1] or cards[:1]
        entries = request.env["customer.points.entry"].sudo()
        page = page if isinstance(page, int) and page <= MAX_ID else 1
        total = len(entries._read_history(card))
        turned = pager(url=f"/my/points/{card.id}", total=total, page=page, step=PAGE_SIZE)
        values = self._prepare_portal_layout_values() | {
            "page_name": "points",
            "pager": turned,
            "cards": cards,
            "card": card,
            "rewards": card.program_id._tell_rewards(card.points),
            "expiring": self._get_expiring(card),
            "rows": entries._tell_history(card, turned["offset"], PAGE_SIZE),
            "today": fields.Date.context_today(card),
        }
        return request.render("customer_value.portal_points", values)

    def _get_expiring(self, card):
        """Return [(last day, points as text)] of the lots that expire next."""
        lots = request.env["customer.points.lot"].sudo()
        lots = lots.search([("card_id", "=", card.id), ("expiry_date", "!=", False)])
        days = lots.filtered(lambda lot: lot.points > 0).grouped("expiry_date")
        return [
            (day, card._write_points(sum(own.mapped("points"))))
            for day, own in sorted(days.items())[:3]
        ]
