from odoo import api, fields, models
from odoo.tools import get_lang

from ..calendar.reader_date import format_numeric_day
from ..calendar.reader_number import write_digits
from .points_book import to_units

BATCH_SIZE = 100


class CustomerPointsLot(models.Model):
    """Booking what invoices have earned: the difference to what they have earned before.

    A step of the refresh of customers; nothing of it happens when somebody posts or pays.
    """

    _inherit = "customer.points.lot"

    @api.model
    def _earn(self, program, scope, multipliers):
        """Book what the documents of the customers should have earned and have not, or too much.

        :param scope: with the documents in work tables
        :param multipliers: customer id -> multiplier of the tier
        """
        cards = self.env["loyalty.card"].sudo()
        cards._work_off_points()
        by_customer = cards._get_points_cards(program, scope.partner_ids)
        self.env.flush_all()
        due = self.env.execute_query(self._get_due_points_sql(scope, program, multipliers))
        gone = self.env.execute_query(self._get_gone_points_sql(scope, program))
        if not due and not gone:
            return
        newcomers = {
            partner
            for _move, partner, _named, card, _booked, _terms, points, is_elsewhere in due
            if points > 0 and (not card or is_elsewhere) and partner not in by_customer
        }
        by_customer |= cards._make_points_cards(program, sorted(newcomers))
        wanted = {}
        for move, partner, named, card, _booked, terms, points, is_elsewhere in due:
            if is_elsewhere:
                gone.append((move, card, self._leave(move, card).ids))
                card = None
            if points > 0 or card:
                card = card or self._come_back(move, by_customer[partner]).id
                change = {"partner_id": named, "units": to_units(points), "terms": terms}
                wanted.setdefault(card, []).append((move, change))
        for move, card, lots in gone:
            wanted.setdefault(card, []).append((move, {"units": 0, "lots": lots}))
        self._book(cards.browse(sorted(wanted)), wanted, scope.today)

    @api.model
    def _leave(self, move, card):
        """Note on the lots of a document that it went to another customer; return them."""
        lots = self.sudo().search([("document_id", "=", move), ("card_id", "=", card)])
        lots.is_left = True
        return lots

    @api.model
    def _come_back(self, move, card):
        """Let lots a document once had on a card be its own again; return the card."""
        lots = self.sudo().search([("document_id", "=", move), ("card_id", "=", card.id)])
        lots.is_left = False
        return card

    @api.model
    def _book(self, cards, wanted, today):
        """Bring the lots of documents to the points wanted: first what comes, then what goes.

        :param wanted: card id -> [(document, {units, lots or else partner_id and terms})]
        """
        cards._lock_points()
        books = self._read_books(cards)
        changes = {}
        for card in cards:
            changes[card] = card._earn_of_documents(books[card.id], wanted[card.id], today)
        self._write_books({card: books[card.id] for card in cards}, dict.fromkeys(cards, today))
        names = self._get_document_names(changes)
        for card, told in changes.items():
            card._add_points(
                [(names[move], units, ("account.move", move)) for move, units in told if units]
            )

    @api.model
    def _get_document_names(self, changes):
        moves = {move for told in changes.values() for move, _units in told}
        records = self.env["account.move"].sudo().browse(sorted(moves)).exists()
        names = {move.id: self.env._("Invoice %s", move.name) for move in records}
        return {move: names.get(move, self.env._("Deleted invoice")) for move in moves}

    # === TIME ===

    @api.model
    def _cron_expire(self):
        """Let points end whose day has passed, settle cards that differ, remind of what will end.

        What is done is not due any more: where time ends, the next run goes on from there.
        """
        cron = self.env["ir.cron"]
        programs = self.env["loyalty.program"].sudo().search([("customer_points", "=", True)])
        cards = programs._find_cards_to_work_off()
        time_left = cron._commit_progress(remaining=len(cards) + len(programs))
        for start in range(0, len(cards), BATCH_SIZE):
            if not time_left:
                return
            some = cards[start : start + BATCH_SIZE]
            some._settle_points()
            some._lock_due_points()
            time_left = cron._commit_progress(len(some))
        for program in programs:
            if not time_left:
                return
            self._remind(program)
            time_left = cron._commit_progress(1)

    @api.model
    def _remind(self, program):
        """Write to customers whose points will expire, once for each lot."""
        days = program.customer_points_remind_days
        template = self.env.ref("customer_value.mail_template_points_expiry", False)
        if not days or not template:
            return
        today = self.env["customer.profile"]._get_today(program.company_id)
        until = fields.Date.add(today, days=days)
        lots = self.sudo().search(
            [
                ("card_id.program_id", "=", program.id),
                ("expiry_date", ">=", today),
                ("expiry_date", "<=", until),
                ("reminded_date", "=", False),
            ]
        )
        lots = lots.filtered(lambda lot: lot.points > 0)
        refusing = lots.card_id.partner_id._find_loyalty_mail_refusing()
        for card, own in lots.grouped("card_id").items():
            partner = card.partner_id
            if partner.active and partner.email_normalized and partner not in refusing:
                own.sorted("expiry_date")[0]._mail_reminder(template)
        lots.reminded_date = today

    def _mail_reminder(self, template):
        """Queue the reminder; one that cannot be made is told on the customer, others follow."""
        if error := self._try_to_queue_mail(template):
            body = self.env._("The reminder of expiring points could not be made: %s", error)
            self.card_id.partner_id._message_log(body=body)

    def _get_direction(self):
        """Return ``rtl`` or ``ltr``, for the reminder."""
        return get_lang(self.env).direction

    def _get_expiring(self):
        """Return what a reminder tells: [(day, points as text)] of the lots of its card."""
        self.ensure_one()
        program = self.card_id.program_id
        today = self.env["customer.profile"]._get_today(program.company_id)
        until = fields.Date.add(today, days=program.customer_points_remind_days)
        lots = self.search(
            [
                ("card_id", "=", self.card_id.id),
                ("expiry_date", ">=", today),
                ("expiry_date", "<=", until),
            ]
        )
        days = lots.filtered(lambda lot: lot.points > 0).grouped("expiry_date")
        return [
            (
                write_digits(self.env, format_numeric_day(self.env, day, company=self.company_id)),
                self.card_id._write_points(sum(own.mapped("points"))),
            )
            for day, own in sorted(days.items())
        ]
