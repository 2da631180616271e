from odoo import api, models
from odoo.tools import SQL

from ..guard.transaction_notes import get_notes, work_off
from .loyalty_card import ALLOWED, ALLOWED_KEY
from .points_book import Lot, to_points, to_units

NOTES_KEY = "customer_value.points"
# What a change of a balance for an order is called.
ORDER_KIND = "redeem"


class LoyaltyCard(models.Model):
    """Lots follow the balance, whoever changes it: before the commit, or as soon as anybody asks.

    Odoo keeps a balance and a history beside it. Both are compared with our entries, source by
    source; what differs is entered. So it does not matter how often, or after which step, this is
    done.
    """

    _inherit = "loyalty.card"

    def _note_points(self):
        """Have the lots of these cards follow before the transaction is committed.

        Not in the middle of a step that changes balance and history one after the other: whoever
        allowed it notes the cards at its end.
        """
        if self and self.env.context.get(ALLOWED_KEY) is not ALLOWED:
            cards = self.env["loyalty.card"].with_env(self.env(su=True, context={}))
            notes = get_notes(self.env, NOTES_KEY, cards._settle_noted, cards._mend_noted)
            notes.setdefault("cards", set()).update(self.ids)

    @api.model
    def _work_off_points(self):
        """Do now what would be done before the commit."""
        cards = self.env["loyalty.card"].with_env(self.env(su=True, context={}))
        work_off(self.env, NOTES_KEY, cards._settle_noted, cards._mend_noted)

    @api.model
    def _settle_noted(self, notes):
        self.browse(sorted(notes["cards"])).exists()._settle_points()

    @api.model
    def _mend_noted(self, note, content):
        """Nothing to do: the daily job settles every card that differs."""

    def _settle_points(self):
        """Enter what balances and histories of cards say more, or less, than their lots."""
        cards = self._filter_points()
        if not cards:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_card WHERE id = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE""",
                cards.ids,
            )
        )
        cards._add_missing_history()
        changes = cards._read_unsettled()
        if not changes:
            return
        cards = self.browse(changes)
        books = self.env["customer.points.lot"]._read_books(cards)
        profiles = self.env["customer.profile"]
        days = {card: profiles._get_today(card.program_id.company_id) for card in cards}
        for card in cards:
            card._enter_changes(books[card.id], changes[card.id], days[card])
        by_card = {card: books[card.id] for card in cards}
        self.env["customer.points.lot"]._write_books(by_card, days)
        cards._queue_points()

    def _read_missing_history(self):
        """Return (card id, points of the balance that the history does not tell)."""
        return self.env.execute_query(
            SQL(
                """SELECT c.id, COALESCE(c.points, 0) - COALESCE(h.points, 0)
                     FROM loyalty_card c
                LEFT JOIN LATERAL (
                          SELECT SUM(COALESCE(issued, 0) - COALESCE(used, 0)) AS points
                            FROM loyalty_history WHERE card_id = c.id) h ON TRUE
                    WHERE c.id = ANY(%s)
                      AND ABS(COALESCE(c.points, 0) - COALESCE(h.points, 0)) > 0.0005""",
                self.ids,
            )
        )

    def _add_missing_history(self):
        """Add to the history what only the balance tells, such as a card made with points."""
        self.env["loyalty.history"].sudo().create(
            [
                {
                    "card_id": card,
                    "description": self.env._("Balance changed"),
                    "issued": max(points, 0),
                    "used": max(-points, 0),
                }
                for card, points in self._read_missing_history()
            ]
        )
        self.env.flush_all()

    def _read_unsettled(self):
        """Return card id -> [(source, units more than entered, lot id -> units entered)]."""
        rows = self.env.execute_query(
            SQL(
                """WITH told AS (
                    SELECT card_id, COALESCE(order_model, 'loyalty.history') AS model,
                           CASE WHEN order_model IS NULL THEN id ELSE order_id END AS id,
                           SUM(COALESCE(issued, 0) - COALESCE(used, 0))::numeric AS points
                      FROM loyalty_history
                     WHERE card_id = ANY(%(cards)s)
                  GROUP BY 1, 2, 3
                ), entered AS (
                    SELECT card_id, source_model AS model, source_id AS id,
                           SUM(points) AS points, JSONB_OBJECT_AGG(lot_id, points) AS lots
                      FROM (SELECT card_id, source_model, source_id, lot_id, SUM(points) AS points
                              FROM customer_points_entry
                             WHERE card_id = ANY(%(cards)s) AND kind <> 'offset'
                          GROUP BY 1, 2, 3, 4) e
                  GROUP BY 1, 2, 3
                )
                SELECT card_id, model, id,
                       ROUND(COALESCE(t.points, 0) - COALESCE(e.points, 0), 3), e.lots
                  FROM told t
             FULL JOIN entered e USING (card_id, model, id)
                 WHERE ABS(COALESCE(t.points, 0) - COALESCE(e.points, 0)) >= 0.0005
              ORDER BY 1, 2, 3""",
                cards=self.ids,
            )
        )
        changes = {}
        for card, model, id_, points, lots in rows:
            entered = {int(lot): to_units(part) for lot, part in (lots or {}).items()}
            changes.setdefault(card, []).append(((model, id_), to_units(points), entered))
        return changes

    def _enter_changes(self, book, changes, today):
        """Enter what histories say: first what came, then what went."""
        for source, units, entered in sorted(changes, key=lambda change: change[1] < 0):
            kind = "correct" if source[0] == "loyalty.history" else ORDER_KIND
            if units > 0:
                lot = Lot(date=today, expiry_date=self.program_id._get_expiry_date(today))
                book.give_back(kind, units, source, entered, lot)
            else:
                book.spend(kind, -units, source, today)
        book.even_out()

    def _queue_points(self):
        """Have the customers refreshed: what could not be taken back may be taken now."""
        pairs = {
            (card.partner_id.commercial_partner_id.id, card.program_id.company_id.id)
            for card in self
        }
        self.env["customer.refresh.queue"]._enqueue(pairs, "points")

    # === WHAT INVOICES EARN ===

    def _earn_of_documents(self, book, wanted, today):
        """Enter in the book what documents should have earned; return [(document, units)].

        :param wanted: [(document, {units, lots or else partner_id and terms})]
        """
        rises, falls, changed = [], [], []
        for document, change in wanted:
            lots = [lot for lot in book.lots if lot.id in change.get("lots", ())]
            lots = lots or book.get_lots_of(document)
            units = change["units"] - sum(lot.earned for lot in lots)
            (rises if units > 0 else falls).append((document, units, lots, change))
        for document, units, lots, change in rises:
            lot = next((lot for lot in lots if lot.date == today), None) or Lot(
                date=today,
                expiry_date=self.program_id._get_expiry_date(today),
                document_id=document,
                partner_id=change["partner_id"],
                terms=change["terms"],
            )
            source = ("account.move", document)
            changed.append((document, book.earn(lots, units, source, lot, today)))
        may_owe = self.program_id.customer_points_allow_negative
        for document, units, lots, _change in falls:
            source = ("account.move", document)
            changed.append((document, -book.take_back(lots, -units, source, may_owe)))
        book.even_out()
        return changed

    def _bring_documents_home(self):
        """Let documents that went from one customer to another return to their first lots.

        Both have one card now: else expired points came back by making an invoice out to somebody
        else and merging the two. What was spent meanwhile is paid first.
        """
        lots = self.env["customer.points.lot"].sudo()
        lots = lots.search([("card_id", "=", self.id), ("document_id", "!=", 0)])
        own = set(lots.filtered(lambda lot: not lot.is_left).mapped("document_id"))
        back = lots.filtered(lambda lot: lot.is_left and lot.document_id in own)
        if not back:
            return
        back.is_left = False
        book = lots._read_books(self)[self.id]
        for document in sorted({*back.mapped("document_id")}):
            book.bring_home(book.get_lots_of(document), ("account.move", document))
        book.even_out()
        company = self.program_id.company_id
        lots._write_books({self: book}, {self: self.env["customer.profile"]._get_today(company)})
        self._lock_points()

    # === TIME ===

    def _expire_points(self):
        """Let end the points whose last day has passed, on locked cards."""
        self._work_off_points()
        profiles = self.env["customer.profile"]
        for company, cards in self.grouped(lambda card: card.program_id.company_id).items():
            cards._expire_points_until(profiles._get_today(company))

    def _find_due_cards(self, today):
        """Return the ids of the cards on which points should have ended, the longest due first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT l.card_id
                     FROM customer_points_lot l
                     JOIN customer_points_entry e ON e.lot_id = l.id
                    WHERE l.card_id = ANY(%(cards)s) AND l.expiry_date < %(today)s
                 GROUP BY l.id
                   HAVING SUM(e.points) > 0
                 ORDER BY l.expiry_date, l.card_id""",
                cards=self.ids,
                today=today,
            )
        )
        return [*dict.fromkeys(card for (card,) in rows)]

    def _lock_due_points(self):
        """Let end what has expired, and lock no other cards than those."""
        profiles = self.env["customer.profile"]
        for company, cards in self.grouped(lambda card: card.program_id.company_id).items():
            today = profiles._get_today(company)
            lots = self.env["customer.points.lot"].sudo()
            due = lots.search([("card_id", "in", cards.ids), ("expiry_date", "<", today)])
            due.filtered(lambda lot: lot.points > 0).card_id._lock_points()

    def _expire_points_until(self, today):
        lots = self.env["customer.points.lot"].sudo()
        due = lots.search([("card_id", "in", self.ids), ("expiry_date", "<", today)])
        cards = due.filtered("points").card_id
        if not cards:
            return
        books = lots._read_books(cards)
        expired = {card: books[card.id].expire(today) for card in cards}
        lots._write_books({card: books[card.id] for card in cards}, dict.fromkeys(cards, today))
        for card in cards:
            card._add_points(
                [(self.env._("Expired"), -units, lot.source) for lot, units in expired[card]]
            )

    def _add_points(self, changes):
        """Change the balance, and tell why in the history.

        :param changes: [(description, units, (model, id))], entered in the lots by the caller
        """
        self.ensure_one()
        if not changes:
            return
        total = sum(units for _text, units, _source in changes)
        self.env["loyalty.history"].sudo().create(
            [
                {
                    "card_id": self.id,
                    "description": text,
                    "issued": to_points(max(units, 0)),
                    "used": to_points(max(-units, 0)),
                    "order_model": source[0],
                    "order_id": source[1],
                }
                for text, units, source in changes
            ]
        )
        card = self.sudo().with_context(tracking_disable=True)
        card.points = to_points(to_units(card.points) + total)
