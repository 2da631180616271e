"""A naive ledger of points: the oracle of the random histories in tests/points.

Written from docs/points.md, not from models/: it reads documents through the ORM, one by one, and
keeps lots in plain lists. It is told of nothing but documents, orders, corrections and days.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from ..tools.given_back import exact
from ..tools.oracle import Oracle

ZERO = Decimal(0)


@dataclass(eq=False)
class NaiveLot:
    number: int
    day: object
    last_day: object
    document: int | None = None
    left: Decimal = ZERO
    earned: Decimal = ZERO
    expired: Decimal = ZERO
    most: Decimal = ZERO
    payers: dict = field(default_factory=dict)


class PaidPoints:
    """What each invoice of a company should have earned today: document id -> Fraction of points.

    ``terms``: invoice line id -> points per currency unit, for those that are fixed already.
    """

    def __init__(self, program, today, first_day, terms):
        self.program, self.first_day, self.terms = program, first_day, terms
        self.book = Oracle(program.company_id, today)
        self.today = today
        self.owners, self.points, self.new_terms = {}, {}, {}
        for owner, moves in self.book.moves.items():
            given_back = self.book.read_given_back(moves)
            for move in moves:
                self.owners[move.id] = owner
                self.points[move.id] = self._get_points(move, moves, given_back, owner)

    def _get_term(self, line, owner):
        if line.id in self.terms:
            return self.terms[line.id]
        if line.product_id in self.program.customer_points_excluded_ids:
            return Fraction(0)
        rate, categ = self.program.customer_points_rate, line.product_id.categ_id
        while categ:
            own = [x for x in self.program.customer_points_rate_ids if x.categ_id == categ]
            if own:
                rate = own[0].rate
                break
            categ = categ.parent_id
        profile = self.program.env["customer.profile"].search(
            [("partner_id", "=", owner), ("company_id", "=", self.program.company_id.id)]
        )
        multiplier = profile.tier_id.points_multiplier if profile.tier_id else 1
        return Fraction(exact(rate)) * Fraction(exact(multiplier))

    def _get_points(self, move, moves, given_back, owner):
        lines = [line for line in given_back.lines if line.move == move]
        sold = [line for line in lines if line in given_back.sold]
        self.new_terms[move.id] = {line.line.id: self._get_term(line.line, owner) for line in sold}
        total = sum((Fraction(line.amount) for line in sold), Fraction(0))
        net = total + self._get_lowered(move, lines, given_back)
        if total <= 0 or net <= 0 or given_back.is_given_back(move):
            return Fraction(0)
        full = sum(
            (
                Fraction(exact(-line.line.balance))
                * Fraction(line.left)
                / Fraction(line.amount)
                * self.new_terms[move.id][line.line.id]
                for line in sold
                if line.amount
            ),
            Fraction(0),
        )
        advances = [line for line in lines if line.is_advance and line.amount < 0]
        advance = sum((Fraction(-line.amount) for line in advances), Fraction(0))
        part = min(advance / net, 1)
        paid = self._get_share(move) * (1 - part)
        if advance:
            paid_before = sum(
                Fraction(-line.amount) * self._get_advance_share(line, moves, given_back)
                for line in advances
            )
            paid += paid_before / advance * part
        kept = sum((Fraction(line.left) for line in sold), Fraction(0)) * min(net / total, 1)
        foreign = self._get_foreign_credit(move, owner)
        return full * min(net / total, 1) * (max(1 - foreign / kept, 0) if kept else 0) * paid

    def _get_foreign_credit(self, move, owner):
        """What credit notes naming the invoice take, that are made out to another customer."""
        taken = Fraction(0)
        for other, moves in self.book.moves.items():
            for note in moves if other != owner else ():
                if note.reversed_entry_id != move or note.move_type != "out_refund":
                    continue
                for line in note.invoice_line_ids:
                    if line.display_type != "product" or line.is_downpayment:
                        continue
                    if note.currency_id == move.currency_id:
                        taken += Fraction(exact(line.amount_currency))
                    elif move.amount_untaxed_signed:
                        rate = Fraction(exact(move.amount_untaxed)) / Fraction(
                            exact(move.amount_untaxed_signed)
                        )
                        taken += Fraction(exact(line.balance)) * abs(rate)
        return taken

    @staticmethod
    def _get_lowered(move, lines, given_back):
        lowered = Fraction(0)
        for line in lines:
            if line.is_advance or line in given_back.sold:
                continue
            if line.is_payment or line.is_lowering_price:
                is_undone = not line.is_payment and move.reversed_entry_id
                lowered += Fraction(line.amount) if line.amount < 0 and not is_undone else 0
            elif line in given_back.over and move.move_type != "out_refund":
                if not move.reversed_entry_id:
                    lowered -= Fraction(given_back.over[line])
        return lowered

    def _get_share(self, move):
        """Share paid, since the first day, of what was to be paid."""
        paid = owed = Fraction(0)
        for line in self.book._get_instalments(move):
            owed += Fraction(exact(line.amount_residual))
            for other, amount in self.book._get_settlements(line):
                money = amount * self.book._get_share(other.move_id, "money")
                owed += money + amount * self.book._get_share(other.move_id, "loss")
                if self.first_day <= max(other.date, move.invoice_date) <= self.today:
                    paid += money
        return min(paid / owed, Fraction(1)) if owed else Fraction(0)

    def _get_advance_share(self, line, moves, given_back):
        """Share paid of the down payments a line deducts, less what was credited of them."""
        share = total = Fraction(0)
        for other in given_back.lines:
            if (
                other.line.sale_line_ids & line.order_line
                and other.amount > 0
                and other.move.move_type != "out_refund"
            ):
                kept = Fraction(1)
                own = sum(x.amount for x in given_back.lines if x.move == other.move)
                naming = sum(
                    x.amount
                    for x in given_back.lines
                    if x.names == other.move and x.currency == other.currency
                )
                if own and naming:
                    kept = max(1 + Fraction(naming) / Fraction(own), Fraction(0))
                share += Fraction(other.amount) * self._get_share(other.move) * kept
                total += Fraction(other.amount)
        return min(share / total, Fraction(1)) if total else Fraction(0)


class NaiveLedger:
    """All cards of one program: customer id -> lots, oldest first."""

    def __init__(self, program):
        self.program = program
        self.cards, self.homes, self.named = {}, {}, {}
        self.terms, self.lost = {}, []
        self.spent, self.taken = {}, {}
        self.counter = 0
        self.step = exact(program.currency_id.rounding)

    def balance(self, customer):
        return sum((lot.left for lot in self.cards.get(customer, [])), ZERO)

    def _make_lot(self, today, document=None):
        months = self.program.customer_points_months
        self.counter += 1
        last_day = today + relativedelta(months=months) if months else None
        return NaiveLot(self.counter, today, last_day, document)

    # === CONTACTS === #

    def follow(self, find_customer):
        """Unite cards whose customers became one, or part of another."""
        cards, self.cards = self.cards, {}
        for customer, lots in cards.items():
            self.cards.setdefault(find_customer(customer), []).extend(lots)
        for lots in self.cards.values():
            lots.sort(key=lambda lot: (lot.day, lot.number))
            self._bring_home(lots)
            self._even_out(lots)
        for places in (self.homes, self.named):
            for document, customer in places.items():
                places[document] = find_customer(customer) if places is self.homes else customer
        self.lost = [(find_customer(customer), lots) for customer, lots in self.lost]

    def _bring_home(self, lots):
        """A document that went from one to the other of who is one now: its first lots count."""
        own = {lot.document for lot in lots}
        back = [x for x in lots if isinstance(x.document, tuple) and x.document[1] in own]
        self.lost = [(who, [x for x in left if x not in back]) for who, left in self.lost]
        for lot in back:
            lot.document = lot.document[1]
        for document in {lot.document for lot in back}:
            mine = [lot for lot in lots if lot.document == document]
            for later in reversed(mine):
                for first in mine[: mine.index(later)]:
                    part = min(first.most - first.earned, later.earned)
                    gone = min(part, later.expired)
                    for lot, sign in ((first, 1), (later, -1)):
                        lot.earned += sign * part
                        lot.expired += sign * gone
                        lot.left += sign * (part - gone)

    # === ORDERS AND CORRECTIONS === #

    def note_order(self, order, customer, cost, today):
        """An order spends so many points now: none, or no more, when it was cancelled."""
        before = self.spent.get(order, ZERO)
        if cost > before:
            self._spend(order, customer, cost - before, today)
        elif cost < before:
            self._put_back(order, customer, before - cost, today)
        self.spent[order] = cost

    def correct(self, customer, points, today):
        lots = self.cards.setdefault(customer, [])
        if points > 0:
            lot = self._make_lot(today)
            lot.left = points
            lots.append(lot)
        else:
            self._spend(None, customer, -points, today)
        self._even_out(lots)

    def _spend(self, order, customer, points, today):
        lots = self.cards.setdefault(customer, [])
        for lot in lots:
            part = min(points, max(lot.left, ZERO))
            lot.left -= part
            points -= part
            self.taken.setdefault(order, []).append((lot, part))
        assert not points, "more spent than there was"

    def _put_back(self, order, customer, points, today):
        for lot, part in reversed(self.taken.pop(order, [])):
            back = min(points, part)
            lot.left += back
            points -= back
        assert not points

    # === TIME === #

    def expire(self, today):
        for lots in self.cards.values():
            self._even_out(lots)
            for lot in lots:
                if lot.last_day and lot.last_day < today and lot.left > 0:
                    lot.expired += lot.left
                    lot.left = ZERO

    # === INVOICES === #

    def book(self, paid, today, find_owner):
        """Bring every invoice to what it should have earned: what comes first, then what goes."""
        falls = [(0, customer, lots, ZERO) for customer, lots in self.lost]
        rises = []
        for document in sorted({*paid.points, *self.homes}):
            points = self._round(paid.points.get(document, Fraction(0)))
            if document in paid.points:
                self._move_elsewhere(document, paid, find_owner, falls)
            home = self.homes.get(document)
            lots = [x for x in self.cards.get(home, []) if x.document == document]
            earned = sum((lot.earned for lot in lots), ZERO)
            if points > earned:
                rises.append((document, paid, points - earned))
            elif points < earned:
                falls.append((document, home, lots, points))
        for document, source, points in rises:
            self._earn(document, source, points, today)
        for _document, customer, lots, points in sorted(falls, key=lambda fall: fall[0]):
            self._take_back(customer, lots, points)
        for lots in self.cards.values():
            self._even_out(lots)

    def _round(self, points):
        exact_points = Decimal(points.numerator) / Decimal(points.denominator)
        return (exact_points / self.step).quantize(Decimal(1), ROUND_HALF_UP) * self.step

    def _move_elsewhere(self, document, paid, find_owner, falls):
        home = self.homes.get(document)
        owner, named = paid.owners[document], find_owner(document)
        if home is None or named == self.named[document] or owner == home:
            return
        lots = [lot for lot in self.cards.get(home, []) if lot.document == document]
        for lot in lots:
            lot.document = ("left", document)
        self.lost.append((home, lots))
        falls.append((document, home, lots, ZERO))
        del self.homes[document]

    def _earn(self, document, paid, points, today):
        home = self.homes.setdefault(document, paid.owners[document])
        self.named.setdefault(document, None)
        lots = self.cards.setdefault(home, [])
        for lot in lots:
            if lot.document == ("left", document):  # the document comes back to them
                lot.document = document
        self.lost = [
            (customer, [lot for lot in left if lot.document != document])
            for customer, left in self.lost
        ]
        points = self._earn_again(lots, document, points, today)
        if not points:
            return
        mine = [lot for lot in lots if lot.document == document and lot.day == today]
        lot = mine[0] if mine else self._make_lot(today, document)
        if not mine:
            lots.append(lot)
        lot.left += points
        lot.earned += points
        lot.most = max(lot.most, lot.earned)
        self.terms.setdefault(document, paid.new_terms[document])

    @staticmethod
    def _earn_again(lots, document, points, today):
        """Put on the lots of a document what was taken of them; return what is left of points."""
        for lot in lots:
            if lot.document != document:
                continue
            part = min(points, lot.most - lot.earned)
            if not part:
                continue
            points -= part
            lot.earned += part
            lot.left += part
            NaiveLedger._repay(lots)
            for one in lots:
                if one.last_day and one.last_day < today and one.left > 0:
                    one.expired += one.left
                    one.left = ZERO
        return points

    def _take_back(self, customer, lots, wanted):
        need = sum((lot.earned for lot in lots), ZERO) - wanted
        for lot in sorted(lots, key=lambda x: (x.day, x.number), reverse=True):
            part = min(need, lot.earned)
            gone = min(part, lot.expired)
            rest = min(part - gone, max(self.balance(customer), ZERO))
            lot.expired -= gone
            lot.earned -= gone + rest
            lot.left -= rest
            need -= gone + rest

    @staticmethod
    def _repay(lots):
        """Who holds something gives back what others paid for it, until nobody can."""
        pairs = [(debt, payer) for debt in lots for payer in reversed(lots)]
        while any(debt.left > 0 and debt.payers.get(payer) for debt, payer in pairs):
            for debt, payer in pairs:
                part = min(max(debt.left, ZERO), debt.payers.get(payer, ZERO))
                if part:
                    debt.payers[payer] -= part
                    debt.left -= part
                    payer.left += part

    @staticmethod
    def _even_out(lots):
        NaiveLedger._repay(lots)
        for debt in lots:
            for lot in lots:
                part = min(max(-debt.left, ZERO), max(lot.left, ZERO))
                if part:
                    debt.payers[lot] = debt.payers.get(lot, ZERO) + part
                    debt.left += part
                    lot.left -= part
