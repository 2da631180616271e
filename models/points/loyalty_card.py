from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..base.access import MANAGER
from ..calendar.reader_number import write_amount

# Nobody can send an object over RPC: with it in the context, a change of a balance comes from
# code that was allowed to make it, such as the confirmation of an order.
ALLOWED = object()
ALLOWED_KEY = "customer_points_allowed"
HALF_UNIT = 0.0005
# What says whose points these are, and how many.
GUARDED_FIELDS = frozenset({"points", "partner_id", "program_id", "active"})


class LoyaltyCard(models.Model):
    """A card whose points come from paid invoices: its balance is guarded, and belongs to all
    contacts of the customer.
    """

    _inherit = "loyalty.card"

    def _filter_points(self):
        """Return the cards whose points are kept in lots, with all rights."""
        cards = self.sudo()
        return cards.filtered(lambda card: card.program_id.customer_points)

    def _allow_points(self):
        """Return the records in an environment that may change balances."""
        return self.with_context(**{ALLOWED_KEY: ALLOWED})

    @api.model
    def _is_points_step(self):
        """Whether this is a step of Odoo's, or of ours, that may change balances."""
        return self.env.context.get(ALLOWED_KEY) is ALLOWED

    @api.model
    def _may_change_points(self):
        """Whether balances may be changed: by us, by Odoo's own steps, or by a manager."""
        return self.env.su or self._is_points_step() or self.env.user.has_group(MANAGER)

    @api.model
    def _check_points_right(self):
        """Refuse changes of balances by hand.

        :raise AccessError: for users who are not managers
        """
        if not self._may_change_points():
            raise AccessError(
                self.env._(
                    "Only managers of Customer Value can correct points by hand. Ask one of them."
                )
            )

    @api.model
    def _check_points_way(self):
        """Refuse changes that do not come from a reward, or from a correction with its reason.

        :raise AccessError: for users who are not managers
        :raise UserError: for managers
        """
        if self.env.su or self._is_points_step():
            return
        self._check_points_right()
        raise UserError(
            self.env._(
                "Points come and go with rewards on orders. To correct them, use Update Balance "
                "on the loyalty card, which asks for the reason."
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        guarded = cards._filter_points()
        if guarded.filtered("points"):
            self._check_points_way()
        guarded._note_points()
        return cards

    def write(self, vals):
        """Guard cards: who changes them, and that nobody spends what is not there.

        :raise AccessError: for users who may not
        :raise UserError: when the balance would fall below zero
        """
        if GUARDED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        guarded = self._filter_points()
        before = {card: card.points for card in guarded}
        owners = self._read_gift_owners() if "partner_id" in vals else {}
        if "points" in vals:
            self._check_given_points()
        result = super().write(vals)
        self._check_gift_owners(owners)
        guarded |= self._filter_points()
        if not guarded:
            return result
        self._check_points_way()
        if "partner_id" in vals:
            guarded._name_points_holder()
        if "points" not in vals:
            return result
        for card in guarded:
            may_owe = card.program_id.customer_points_allow_negative
            if card.points < min(before.get(card, 0), 0) - HALF_UNIT and not may_owe:
                raise UserError(
                    self.env._(
                        "%(customer)s has only %(points)s: reload the page, the balance has "
                        "changed.",
                        customer=card.partner_id.display_name or card.display_name,
                        points=card._format_points(before.get(card, 0)),
                    )
                )
        guarded._note_points()
        return result

    def _write_points(self, points):
        """Return points as their customer writes them, for our pages and mails."""
        return write_amount(self.env, self._format_points(points))

    def _lock_points(self):
        """Lock cards, and let end what has expired, before anybody spends of them."""
        cards = self._filter_points()
        if not cards:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_card WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                sorted(cards.ids),
            )
        )
        self.invalidate_model(["points"])
        cards._expire_points()

    # === WHOSE CARD ===

    @api.model
    def _get_points_cards(self, program, partner_ids):
        """Return customer id -> card in a program; cards of contacts are united with it."""
        cards = self.sudo().with_context(active_test=True)
        found = cards.search(
            [
                ("program_id", "=", program.id),
                ("partner_id.commercial_partner_id", "in", list(partner_ids)),
            ],
            order="id",
        )
        result = {}
        by_customer = found.grouped(lambda card: card.partner_id.commercial_partner_id)
        for customer, own in by_customer.items():
            result[customer.id] = own._unite_for(customer)
        return result

    def _unite_for(self, partner):
        """Leave one card of these, which is the partner's; return it."""
        kept = self.filtered(lambda card: card.partner_id == partner)[:1] or self[:1]
        if self != kept:
            kept._unite(self - kept)
        if kept.partner_id != partner:
            kept.partner_id = partner
        return kept

    @api.model
    def _make_points_cards(self, program, partner_ids):
        """Make cards for customers who have none; return customer id -> card."""
        cards = self.sudo().with_context(tracking_disable=True)
        made = cards.create(
            [{"program_id": program.id, "partner_id": partner} for partner in partner_ids]
        )
        return {card.partner_id.id: card for card in made}

    @api.model
    def _merge_points_cards(self, src_partners, dst_partner):
        """Leave one card per program of contacts that become one."""
        cards = self.sudo().search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("program_id.customer_points", "=", True),
            ],
            order="id",
        )
        for own in cards.grouped("program_id").values():
            own._unite_for(dst_partner)

    def _unite(self, others):
        """Put what other cards hold, their history and their lots on this one; archive them.

        Orders name this card as well, so that cancelling one gives the points back here.
        """
        self.ensure_one()
        both = self | others
        both._lock_points()
        self._work_off_points()
        total = sum(both.mapped("points"))
        ledger = self._allow_points().with_context(loyalty_no_mail=True, tracking_disable=True)
        self.env.flush_all()
        both._join_lots_of_documents()
        for table, column in (
            ("loyalty_history", "card_id"),
            ("customer_points_lot", "card_id"),
            ("customer_points_entry", "card_id"),
            ("sale_order_line", "coupon_id"),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(kept)s WHERE %(column)s = ANY(%(others)s)",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    kept=self.id,
                    others=others.ids,
                )
            )
        self._name_points_holder()
        self._unite_orders(others)
        self.env.invalidate_all()
        others.with_env(ledger.env).write({"points": 0, "active": False})
        ledger.write({"points": total})
        both._note_points()
        self._bring_documents_home()

    def _join_lots_of_documents(self):
        """Join lots of one document and day, which went from one of the cards to another."""
        rows = self.env.execute_query(
            SQL(
                """SELECT ARRAY_AGG(id ORDER BY is_left IS TRUE, id)
                     FROM customer_points_lot
                    WHERE card_id = ANY(%s) AND document_id <> 0
                 GROUP BY document_id, date
                   HAVING COUNT(*) > 1
                 ORDER BY MIN(id)""",
                self.ids,
            )
        )
        for kept, *others in (ids for (ids,) in rows):
            for lot in others:
                self._join_lots(kept, lot)
            self.env.invalidate_all()
            self.env["customer.points.lot"].sudo().browse(others).unlink()

    def _join_lots(self, kept, lot):
        """Put the entries of a lot before those of the one that stays: it earned first."""
        self.env.cr.execute(
            SQL(
                """UPDATE customer_points_entry
                      SET number = number + (SELECT MAX(number) FROM customer_points_entry
                                              WHERE lot_id IN (%(kept)s, %(lot)s))
                    WHERE lot_id = %(kept)s""",
                kept=kept,
                lot=lot,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE customer_points_entry
                      SET lot_id = CASE WHEN lot_id = %(lot)s THEN %(kept)s ELSE lot_id END,
                          source_id = CASE WHEN kind = 'offset' AND source_id = %(lot)s
                                      THEN %(kept)s ELSE source_id END
                    WHERE lot_id = %(lot)s
                       OR kind = 'offset' AND source_id = %(lot)s AND card_id = ANY(%(cards)s)""",
                kept=kept,
                lot=lot,
                cards=self.ids,
            )
        )

    def _name_points_holder(self):
        """Write on the entries whose card they are on."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_points_entry e
                      SET partner_id = c.partner_id
                     FROM loyalty_card c
                    WHERE c.id = e.card_id AND c.id = ANY(%s)
                      AND e.partner_id IS DISTINCT FROM c.partner_id""",
                self.ids,
            )
        )
        self.env["customer.points.entry"].invalidate_model(["partner_id"])

    def _unite_orders(self, others):
        """Let orders that gave points to other cards, or may use them, name this one."""
        self.env.cr.execute(
            SQL(
                """WITH given AS (
                    DELETE FROM sale_order_coupon_points
                     WHERE coupon_id = ANY(%(both)s) RETURNING order_id, points
                )
                SELECT order_id, SUM(points) FROM given GROUP BY order_id""",
                both=(self | others).ids,
            )
        )
        given = self.env["sale.order.coupon.points"].sudo()
        given.create(
            [
                {"order_id": order, "coupon_id": self.id, "points": points}
                for order, points in self.env.cr.fetchall()
            ]
        )
        orders = self.env["sale.order"].sudo().search([("applied_coupon_ids", "in", others.ids)])
        for order in orders:
            order.applied_coupon_ids = order.applied_coupon_ids - others | self
