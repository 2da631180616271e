from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo.fields import Domain

COUNT = "__count"


@dataclass(frozen=True)
class Before:
    """The rows a tile is compared with; ``measure`` and ``model`` are the tile's unless given.

    :param text: what they are, as "Before" or "End of October"
    """

    domain: Domain
    text: str
    model: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Tile:
    """A number of a board: an aggregate of the rows a domain finds, which is the list behind it.

    :param measure: as for ``_read_group``; ``per`` divides it by another one, for shares
    :param unit: ``count``, ``money``, ``share`` (0 to 1), ``score`` or ``hours``
    :param empty: why there is no number, said beside *Not enough data*
    :param none: said instead of 0 while the list is empty, where 0 would be taken for an outcome
    :param good: 1 if more is better, -1 if less is, 0 if neither
    :param group: field by which a long list is grouped, so that it still adds up
    """

    name: str
    label: str
    model: str
    domain: Domain
    measure: str = COUNT
    per: str = ""
    unit: str = "count"
    good: int = 1
    before: Before | None = None
    help: str = ""
    empty: str = ""
    none: str = ""
    view: str = ""
    group: str = ""
    context: dict = field(default_factory=dict)

    @property
    def measures(self):
        """The aggregates that are read: a share has two."""
        return [self.measure, self.per] if self.per else [self.measure]


@dataclass(frozen=True)
class Window:
    """The last days up to today, and as many before them.

    :param month: the month end moves are asked for; ``None``: the last one
    :param since: the month end they are asked for from; ``None``: the one before
    """

    today: date
    days: int
    month: date | None = None
    since: date | None = None

    @property
    def start(self):
        """The last day before the window."""
        return self.today - timedelta(days=self.days)

    @property
    def before(self):
        """The window of the same length before this one."""
        return Window(self.start, self.days)

    def contains(self, name):
        """Domain of a date field in the window."""
        return Domain(name, ">", self.start) & Domain(name, "<=", self.today)


@dataclass(frozen=True)
class Moves:
    """From which month end to which moves are shown.

    :param since: ``None``: the one before, which each snapshot knows
    :param before: that one
    :param months: all month ends with one before them, ``starts``: those before ``day``; the last
        ones first
    """

    day: date
    since: date | None
    before: date
    months: list
    starts: list


@dataclass(frozen=True)
class Series:
    """A row of numbers of a picture, in a unit as of :class:`Tile`."""

    label: str
    measure: str = COUNT
    unit: str = "count"


def get_measured_field(measure):
    """Return the field an aggregate is made of, ``None`` of a count of rows."""
    return None if measure == COUNT else measure.partition(":")[0]
