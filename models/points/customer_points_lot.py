from odoo import api, fields, models
from odoo.tools import SQL

from .points_book import Book, Lot, to_points, to_units


class CustomerPointsLot(models.Model):
    """Points that came onto a loyalty card together, and run out together.

    A lot itself says only where they came from and until when they count; what happened to them is
    in its entries, of which ``points`` is the sum. Only our own code makes lots, with the card
    locked.
    """

    _name = "customer.points.lot"
    _description = "Lot of Points"
    _inherit = ["customer.company.mixin", "customer.gate.mixin", "customer.mailed.mixin"]
    _is_guarded = True
    _order = "date, id"
    _rec_name = "card_id"

    card_id = fields.Many2one(
        string="Loyalty card",
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    program_id = fields.Many2one(related="card_id.program_id")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    holder_id = fields.Many2one(string="Customer", related="card_id.partner_id")
    partner_id = fields.Many2one(
        string="Customer on the document",
        comodel_name="res.partner",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="When it earned the points.",
    )
    move_id = fields.Many2one(
        string="Invoice",
        comodel_name="account.move",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    document_id = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The id of the invoice, also when it was deleted; 0: none.",
    )
    is_left = fields.Boolean(
        string="Gone elsewhere",
        readonly=True,
        help="The invoice was made out to another customer since, who earns its points.",
    )
    date = fields.Date(required=True, readonly=True)
    expiry_date = fields.Date(
        string="Last day", readonly=True, help="Afterwards what is left of the lot is lost."
    )
    terms = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="Points per currency unit of each invoice line, multiplier included, when the "
        "invoice earned its first points. They stay.",
    )
    reminded_date = fields.Date(readonly=True)
    entry_ids = fields.One2many(
        comodel_name="customer.points.entry", inverse_name="lot_id", readonly=True
    )
    points = fields.Float(
        string="Points left", compute="_compute_points", digits=(16, 3), compute_sudo=True
    )

    _document_uniq = models.UniqueIndex(
        "(document_id, card_id, date) WHERE document_id <> 0",
        "An invoice has one lot for each day on which it earned points.",
    )
    _expiry_idx = models.Index("(expiry_date) WHERE expiry_date IS NOT NULL")

    @api.depends("entry_ids.points")
    def _compute_points(self):
        sums = self.env["customer.points.entry"]._read_group(
            [("lot_id", "in", self.ids)], ["lot_id"], ["points:sum"]
        )
        points = {lot.id: total for lot, total in sums}
        for lot in self:
            lot.points = points.get(lot.id, 0.0)

    def _search(self, *args, **kwargs):
        """Look for lots after what this transaction did to cards is in them."""
        self.env["loyalty.card"]._work_off_points()
        return super()._search(*args, **kwargs)

    # === BOOKS ===

    @api.model
    def _read_books(self, cards):
        """Return card id -> :class:`Book` of its lots: two queries for all."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.card_id, l.id, l.date, l.expiry_date, l.document_id, l.partner_id,
                          l.terms, l.is_left, COALESCE(SUM(e.points), 0),
                          COALESCE(SUM(e.points) FILTER (
                              WHERE e.kind IN ('earn', 'take_back')), 0),
                          COALESCE(MAX(e.so_far), 0),
                          -COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'expire'), 0),
                          COALESCE(MAX(e.number), 0)
                     FROM customer_points_lot l
                LEFT JOIN LATERAL (
                          SELECT kind, points, number,
                                 SUM(points) FILTER (WHERE kind IN ('earn', 'take_back'))
                                     OVER (ORDER BY number) AS so_far
                            FROM customer_points_entry
                           WHERE lot_id = l.id) e ON TRUE
                    WHERE l.card_id = ANY(%s)
                 GROUP BY l.id
                 ORDER BY l.date, l.id""",
                cards.ids,
            )
        )
        books = {card.id: Book([]) for card in cards}
        for card, lot, day, expiry, document, partner, terms, is_left, *sums in rows:
            left, earned, most_earned, expired = map(to_units, sums[:4])
            books[card].lots.append(
                Lot(
                    **{"id": lot, "date": day, "expiry_date": expiry, "partner_id": partner},
                    **{"left": left, "earned": earned, "most_earned": most_earned},
                    document_id=document or None,
                    terms=terms,
                    is_left=bool(is_left),
                    expired=expired,
                    entry_count=sums[4],
                )
            )
        self._read_payers(cards, books)
        return books

    @api.model
    def _read_payers(self, cards, books):
        """Add to books which lots have paid for others."""
        rows = self.env.execute_query(
            SQL(
                """SELECT card_id, source_id, lot_id, -SUM(points)
                     FROM customer_points_entry
                    WHERE card_id = ANY(%s) AND kind = 'offset' AND source_id <> lot_id
                 GROUP BY card_id, source_id, lot_id
                   HAVING SUM(points) < 0""",
                cards.ids,
            )
        )
        lots = {lot.id: lot for book in books.values() for lot in book.lots}
        for _card, debt, payer, points in rows:
            if debt in lots and payer in lots:
                lots[debt].payers[lots[payer]] = to_units(points)

    @api.model
    def _write_books(self, books, today):
        """Add the new lots and entries of books: two statements for all.

        :param books: card -> :class:`Book`, the cards locked
        :param today: card -> the day in its company
        """
        new = [(card, lot) for card, book in books.items() for lot in book.lots if not lot.id]
        made = self.sudo().create([self._prepare_lot_vals(card, lot) for card, lot in new])
        for (_card, lot), record in zip(new, made, strict=True):
            lot.id = record.id
        entries = self.env["customer.points.entry"].sudo()
        entries.create(
            [
                {
                    "lot_id": entry.lot.id,
                    "card_id": card.id,
                    "program_id": card.program_id.id,
                    "partner_id": card.partner_id.id,
                    "company_id": card.program_id.company_id.id,
                    "date": today[card],
                    "kind": entry.kind,
                    "points": to_points(entry.units),
                    "number": entry.number,
                    "source_model": entry.source[0],
                    "source_id": entry.source[1] or entry.lot.id,
                    "user_id": self.env.uid,
                }
                for card, book in books.items()
                for entry in book.entries
            ]
        )
        for book in books.values():
            book.entries = []

    @api.model
    def _prepare_lot_vals(self, card, lot):
        return {
            "card_id": card.id,
            "company_id": card.program_id.company_id.id,
            "partner_id": lot.partner_id,
            "move_id": lot.document_id,
            "document_id": lot.document_id,
            "date": lot.date,
            "expiry_date": lot.expiry_date,
            "terms": lot.terms,
        }
