"""The lots of one loyalty card, and what becomes of them: no database, whole numbers only.

Points are counted in thousandths, so that sums are exact. Every change is an entry on a lot; the
sum of all entries of all lots is the balance. Lots above and below zero never stand beside each
other: what is owed on one is paid from the oldest others at once.
"""

import datetime
from dataclasses import dataclass, field

UNITS = 1000


def to_units(points):
    """Return points as a whole number of thousandths."""
    return round(float(points or 0) * UNITS)


def to_points(units):
    """Return thousandths as points."""
    return units / UNITS


@dataclass(eq=False)
class Lot:
    """Points that came in together. ``earned`` and ``expired`` are parts of its entries.

    ``most_earned``: the highest ``earned`` has ever been; ``payers``: other lots that paid what was
    owed on this one, and how much.
    """

    date: datetime.date
    expiry_date: datetime.date | None = None
    id: int | None = None
    document_id: int | None = None
    partner_id: int | None = None
    terms: dict | None = None
    is_left: bool = False
    left: int = 0
    earned: int = 0
    most_earned: int = 0
    expired: int = 0
    entry_count: int = 0
    payers: dict = field(default_factory=dict)

    @property
    def source(self):
        """What an entry is for that has no other document."""
        return ("customer.points.lot", self.id)


@dataclass(eq=False)
class Entry:
    """One change of one lot; ``source`` is (model, id) of what it was for."""

    lot: Lot
    kind: str
    units: int
    source: tuple
    number: int


@dataclass
class Book:
    """The lots of a card, oldest first, and the entries made since they were read."""

    lots: list
    entries: list = field(default_factory=list)

    @property
    def balance(self):
        """What all lots hold together."""
        return sum(lot.left for lot in self.lots)

    def enter(self, lot, kind, units, source):
        """Put an entry on a lot."""
        if not units:
            return
        lot.left += units
        lot.entry_count += 1
        if kind in ("earn", "take_back"):
            lot.earned += units
            lot.most_earned = max(lot.most_earned, lot.earned)
        elif kind == "expire":
            lot.expired -= units
        self.entries.append(Entry(lot, kind, units, source, lot.entry_count))

    def add(self, lot, kind, units, source):
        """Put points on a lot, new or old."""
        if lot not in self.lots:
            self.lots.append(lot)
        self.enter(lot, kind, units, source)

    def spend(self, kind, units, source, day):
        """Take points, first in first out; what is not there is owed on the youngest lot."""
        for lot in self.lots:
            part = min(units, max(lot.left, 0))
            self.enter(lot, kind, -part, source)
            units -= part
        if units:
            if not self.lots:
                self.lots.append(Lot(date=day))
            self.enter(self.lots[-1], kind, -units, source)

    def give_back(self, kind, units, source, taken, new_lot):
        """Put points back on the lots they were taken from, the last one first.

        :param taken: lot id -> units a source has on it, below zero where it took some
        :param new_lot: where what is more goes
        """
        for lot in reversed(self.lots):
            part = min(units, max(-taken.get(lot.id, 0), 0))
            self.enter(lot, kind, part, source)
            units -= part
        if units:
            self.add(new_lot, kind, units, source)

    def get_lots_of(self, document):
        """Return the lots of a document that is still this customer's."""
        return [lot for lot in self.lots if lot.document_id == document and not lot.is_left]

    def earn(self, lots, units, source, new_lot, day):
        """Enter what a document earns: first what was taken back of its lots, the oldest first.

        What was earned once keeps its last day, however often it is taken back and earned again;
        what other lots had paid for it returns to them. What had expired expires at once.

        :param lots: the lots of the document
        :param new_lot: where what is more goes
        :return: units by which the balance rose
        """
        risen = units
        for lot in sorted(lots, key=lambda lot: (lot.date, lot.id or 0)):
            part = min(units, lot.most_earned - lot.earned)
            self.enter(lot, "earn", part, source)
            units -= part
            for one in self._repay([lot]) if part else ():
                if one.expiry_date and one.expiry_date < day:
                    expired = max(one.left, 0)
                    self.enter(one, "expire", -expired, source)
                    risen -= expired
        if units:
            self.add(new_lot, "earn", units, source)
        return risen

    def _repay(self, lots):
        """Let lots give what they hold back to others that paid for them, and those in turn.

        The youngest first. So what came back by one lot ends on the last day of the lot whose
        points it really is.

        :return: the lots, and those that had something back
        """
        done, lots = [], [*lots]
        while lots:
            debt = lots.pop()
            done.append(debt)
            for payer in reversed(self.lots) if debt.payers else ():
                part = min(max(debt.left, 0), debt.payers.get(payer, 0))
                if part:
                    self._offset(debt, payer, -part)
                    lots.append(payer)
        return done

    def bring_home(self, lots, source):
        """Let the older lots of a document have again what they once earned, from its younger.

        It went to another customer and earned anew there, and both have become one since. What
        had expired stays expired.
        """
        lots = sorted(lots, key=lambda lot: (lot.date, lot.id or 0))
        for number, lot in enumerate(lots):
            for younger in reversed(lots[number + 1 :]):
                part = max(min(lot.most_earned - lot.earned, younger.earned), 0)
                expired = min(part, younger.expired)
                self.enter(younger, "expire", expired, source)
                self.enter(younger, "take_back", -part, source)
                self.enter(lot, "earn", part, source)
                self.enter(lot, "expire", -expired, source)

    def take_back(self, lots, units, source, allow_negative):
        """Take back what a document has earned, the last of its lots first.

        What has expired of it is gone already. Without the right to owe points, no more than the
        balance is taken; the rest is taken when there are points again.

        :return: units by which the balance fell
        """
        fallen = 0
        for lot in sorted(lots, key=lambda lot: (lot.date, lot.id or 0), reverse=True):
            part = min(units, max(lot.earned, 0))
            expired = min(part, lot.expired)
            self.enter(lot, "expire", expired, source)
            self.enter(lot, "take_back", -expired, source)
            rest = part - expired
            if not allow_negative:
                rest = min(rest, max(self.balance, 0))
            self.enter(lot, "take_back", -rest, source)
            units -= expired + rest
            fallen += rest
        return fallen

    def expire(self, today):
        """Let end what is left of lots whose last day has passed.

        :return: [(lot, units)]
        """
        self.even_out()
        due = [
            (lot, lot.left)
            for lot in self.lots
            if lot.expiry_date and lot.expiry_date < today and lot.left > 0
        ]
        for lot, units in due:
            self.enter(lot, "expire", -units, lot.source)
        return due

    def even_out(self):
        """Pay what is owed on lots from the oldest that hold something.

        What a lot holds again goes back to those that had paid for it first: a lot for which
        others have paid holds nothing.
        """
        self._repay(self.lots)
        for debt in self.lots:
            for lot in self.lots:
                self._offset(debt, lot, min(max(-debt.left, 0), max(lot.left, 0)))

    def _offset(self, debt, lot, units):
        """Let a lot pay for another, or have that back when below zero."""
        if units:
            debt.payers[lot] = debt.payers.get(lot, 0) + units
            self.enter(lot, "offset", -units, debt.source)
            self.enter(debt, "offset", units, debt.source)
