from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .loyalty_card import HALF_UNIT

# Where a till of Odoo's point of sale, if it is installed, says what it did to a card.
TILL = "pos.order"
# What tells of a balance; the description may be mended.
LEDGER_FIELDS = frozenset({"card_id", "issued", "used", "order_model", "order_id"})


class LoyaltyHistory(models.Model):
    """The history of a guarded card is part of its ledger: nobody writes it by hand.

    A till does, as whoever stands there: it tells what the rewards on its order cost.
    """

    _inherit = "loyalty.history"
    _rec_name = "description"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._read_till(vals) for vals in vals_list])
        tills = rows.filtered(lambda row: row.order_model == TILL)
        tills.sudo()._note_points()  # read from the order, whoever says it
        (rows - tills)._note_points()
        return rows

    @api.model
    def _read_till(self, vals):
        """Return the row of a till as the rewards on its order say it; others as they are.

        The balance becomes what it was less that cost, whatever the till made of it: its rules give
        nothing, points come with the paid invoice.

        :raise UserError: no order of the customer, told before, or more than there is
        """
        if vals.get("order_model") != TILL:
            return vals
        self.check_access("create")
        card = self.env["loyalty.card"].sudo().browse(vals.get("card_id"))._filter_points()
        if not card:
            return vals
        order = self._find_till_order(card, vals.get("order_id"))
        told = [("card_id", "=", card.id), ("order_model", "=", TILL), ("order_id", "=", order.id)]
        if not order or self.sudo().search_count(told, limit=1):
            raise UserError(
                self.env._(
                    "Points of %(customer)s can be spent on an order of theirs only, and once.",
                    customer=card.partner_id.display_name or card.display_name,
                )
            )
        lines = order.lines.filtered(lambda line: line.coupon_id == card)
        # A till writes the cost of its lines itself: below nothing it would be a gift.
        cost = sum(max(line.points_cost, 0) for line in lines)
        self.flush_model()
        [(before,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(COALESCE(issued, 0) - COALESCE(used, 0)), 0)
                     FROM loyalty_history WHERE card_id = %s""",
                card.id,
            )
        )
        if abs(card.points - before + cost) > HALF_UNIT:
            card.points = before - cost
        return {**vals, "issued": 0, "used": cost}

    @api.model
    def _find_till_order(self, card, order_id):
        """Return the order of the card's customer with an id, with all rights; else none."""
        if TILL not in self.env:
            return self.browse()
        order = self.env[TILL].browse(order_id or []).exists()
        order.check_access("read")
        order = order.sudo()
        customer = card.partner_id.commercial_partner_id
        is_theirs = order.partner_id.commercial_partner_id == customer
        is_here = card.program_id.company_id in order.company_id.parent_ids
        return order if is_theirs and is_here else order.browse()

    def write(self, vals):
        if LEDGER_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._note_points()
        result = super().write(vals)
        self._note_points()
        return result

    def unlink(self):
        self._note_points()
        return super().unlink()

    def _note_points(self):
        """Have the lots of the cards follow.

        :raise UserError: for whoever writes it by hand
        """
        cards = self.sudo().card_id._filter_points()
        if cards:
            self.env["loyalty.card"]._check_points_way()
            cards._note_points()

    def _get_order_portal_url(self):
        if self.order_model == "account.move" and self.order_id:
            invoice = self.env["account.move"].browse(self.order_id).exists()
            return invoice.has_access("read") and invoice.get_portal_url()
        return super()._get_order_portal_url()
