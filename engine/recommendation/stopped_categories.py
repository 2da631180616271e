"""Categories a customer has stopped buying, while the customer still buys other things."""

from dataclasses import dataclass

import numpy as np

from ..standing import GapTable
from .purchase_lines import PurchaseLines

# Whoever bought once from a category has no habit that could end.
MIN_PURCHASES = 2
# Of fewer gaps a quantile says nothing yet: those of all customers stand in.
MIN_GAPS = 3
USUAL_QUANTILE, MIN_MEAN_GAPS = 0.95, 2.0
# Until the company knows a gap: four times the 90 days its median gap is taken to be.
DEFAULT_LIMIT_DAYS = 360.0
WORTH_DAYS = 365
# Above every ordinal of a day, so that (owner, day) is one number.
_DAYS = 10_000_000


@dataclass(frozen=True)
class UsualLimits:
    """The longest usual pause in days, over all customers: per category, and of anything.

    ``categories``: keys, ascending; ``limits``: beside them, only of categories with enough gaps.
    """

    categories: np.ndarray
    limits: np.ndarray
    overall: float = DEFAULT_LIMIT_DAYS

    @classmethod
    def of(cls, lines: PurchaseLines, categories) -> "UsualLimits":
        """Learn from the purchases of a company.

        :param categories: key of each row of the lines, negative for none
        """
        rows, keys, codes, _count = _get_pairs(lines, np.asarray(categories))
        habits = _Habits.of(codes, lines.days[rows])
        places = habits.codes % max(len(keys), 1)
        known, limits = _get_pooled_limits(places, habits)
        owners = _Habits.of(lines.customers[lines.bought], lines.days[lines.bought])
        _all, overall = _get_pooled_limits(np.zeros(len(owners.codes), np.int64), owners)
        return cls(keys[known], limits, float(overall[0]) if len(overall) else DEFAULT_LIMIT_DAYS)

    @classmethod
    def from_json(cls, data) -> "UsualLimits":
        """Read back what :meth:`to_json` wrote; ``None``: nothing is known yet."""
        data = data or {"categories": [], "limits": [], "overall": DEFAULT_LIMIT_DAYS}
        return cls(
            np.array(data["categories"], dtype=np.int64),
            np.array(data["limits"], dtype=float),
            data["overall"],
        )

    def to_json(self) -> dict:
        """Return a JSON-able dictionary."""
        return {
            "categories": self.categories.tolist(),
            "limits": self.limits.tolist(),
            "overall": self.overall,
        }

    def get_limits(self, categories) -> np.ndarray:
        """Return the usual limit of each of some categories: its own, else that of anything."""
        if not len(self.categories):
            return np.full(len(categories), self.overall)
        places = np.searchsorted(self.categories, categories)
        places = np.minimum(places, len(self.categories) - 1)
        known = self.categories[places] == categories
        return np.where(known, self.limits[places], self.overall)


@dataclass(frozen=True)
class StoppedCategories:
    """One row per customer and category that is not bought any more, by customer and category.

    ``first_days``, ``last_days``: ordinals of the first and last purchase; ``purchases``: days of
    purchase; ``gaps``: mean days between them; ``limits``: days after the last purchase from which
    on the customer has stopped; ``others``: days since on which other things were bought;
    ``revenues``, ``profits``: of the 365 days that end with the last purchase, less what was taken
    back since, NaN for a profit that is not known; ``products``: the one that brought most then.
    """

    customers: np.ndarray
    categories: np.ndarray
    first_days: np.ndarray
    last_days: np.ndarray
    purchases: np.ndarray
    gaps: np.ndarray
    limits: np.ndarray
    others: np.ndarray
    revenues: np.ndarray
    profits: np.ndarray
    products: np.ndarray

    def __len__(self):
        return len(self.customers)


def get_stopped_categories(
    lines: PurchaseLines,
    categories,
    today: int,
    usual: UsualLimits,
    leaving_days: int | None = None,
) -> StoppedCategories:
    """Return what customers have stopped buying (docs/needs.md, *Leaving by category*).

    :param categories: key of each row of the lines, negative for none
    :param today: ordinal; later rows must not be there
    :param leaving_days: the company's own definition of leaving; ``None``: usual pauses decide
    """
    rows, keys, codes, count = _get_pairs(lines, np.asarray(categories))
    habits = _Habits.of(codes, lines.days[rows])
    owners = _Habits.of(lines.customers[lines.bought], lines.days[lines.bought])
    places = habits.codes % max(count, 1)
    customer_places = habits.codes // max(count, 1)
    limits = habits.get_limits(usual.get_limits(keys[places]), leaving_days)
    all_limits = owners.get_limits(np.full(len(owners.codes), usual.overall), leaving_days)
    others = owners.count_days_after(customer_places, habits.last)
    stays = today - owners.last <= all_limits
    found = np.flatnonzero(
        (habits.purchases >= MIN_PURCHASES)
        & (today - habits.last > limits)
        & (others > 0)
        & stays[customer_places]
    )
    worth = _get_worth(lines, np.asarray(categories), keys, owners.codes, habits, found)
    return StoppedCategories(
        owners.codes[customer_places[found]],
        keys[places[found]],
        habits.first[found],
        habits.last[found],
        habits.purchases[found],
        habits.means[found],
        limits[found],
        others[found],
        *worth,
    )


@dataclass(frozen=True)
class _Habits:
    """Distinct purchase days of each code, and what their gaps say."""

    codes: np.ndarray
    first: np.ndarray
    last: np.ndarray
    purchases: np.ndarray
    means: np.ndarray
    longest: np.ndarray
    table: GapTable
    days: np.ndarray

    @classmethod
    def of(cls, codes, days):
        """Build from rows: a code (owner) and the ordinal of a day."""
        marks = _get_distinct(np.asarray(codes, np.int64) * _DAYS + np.asarray(days, np.int64))
        owner, day = marks // _DAYS, marks % _DAYS
        starts, places = _get_runs(owner)
        purchases = np.diff(np.r_[starts, len(owner)])
        inner = np.flatnonzero(np.diff(places) == 0)
        gaps, owners = day[inner + 1] - day[inner], places[inner]
        order = np.lexsort((gaps, owners))
        nothing = np.full(len(starts), np.nan)
        table = GapTable(owners[order], gaps[order], purchases - 1, nothing)
        ends = starts + purchases - 1
        found, numbers = owner[starts], places * _DAYS + day
        return cls(
            found, day[starts], day[ends], purchases, table.get_means(),
            table.get_quantiles(1.0), table, numbers,
        )  # fmt: skip

    def get_limits(self, usual, leaving_days):
        """Return the pause in days after which each owner has stopped."""
        if leaving_days:
            return np.full(len(self.codes), float(leaving_days))
        own = np.maximum(self.table.get_quantiles(USUAL_QUANTILE), MIN_MEAN_GAPS * self.means)
        few = np.fmax(usual, self.longest)
        return np.where(self.purchases > MIN_GAPS, own, few)

    def count_days_after(self, places, days):
        """Return on how many days owners (positions) bought after a day each."""
        end = np.searchsorted(self.days, (places + 1) * _DAYS)
        return end - np.searchsorted(self.days, places * _DAYS + days, side="right")


def _get_runs(ordered):
    """Return where each value of an ordered array begins, and the place of each one's value."""
    is_first = np.r_[np.ones(min(len(ordered), 1), bool), np.diff(ordered) != 0]
    return np.flatnonzero(is_first), np.cumsum(is_first) - 1


def _get_distinct(values):
    """Return the distinct values, ascending: of many, much faster than ``np.unique``."""
    ordered = np.sort(values)
    return ordered[_get_runs(ordered)[0]]


def _get_pairs(lines, categories):
    """Return rows of purchases in a category, keys of the categories, codes of the pairs, count."""
    bought = lines.bought
    rows = bought[categories[bought] >= 0]
    keys, places = np.unique(categories[rows], return_inverse=True)
    _starts, owners = _get_runs(lines.customers[bought])
    codes = owners[categories[bought] >= 0] * max(len(keys), 1) + places
    return rows, keys, codes.astype(np.int64), len(keys)


def _get_pooled_limits(places, habits):
    """Return the places with enough gaps over all owners, and the longest usual pause there."""
    groups = places[habits.table.owners]
    order = np.lexsort((habits.table.gaps, groups))
    size = int(groups.max()) + 1 if len(groups) else 0
    counts = np.bincount(groups, minlength=size)
    pooled = GapTable(groups[order], habits.table.gaps[order], counts, np.full(size, np.nan))
    limits = np.maximum(pooled.get_quantiles(USUAL_QUANTILE), MIN_MEAN_GAPS * pooled.get_means())
    known = np.flatnonzero(counts >= MIN_GAPS)
    return known, limits[known]


def _get_worth(lines, categories, keys, customer_keys, habits, found):
    """Return revenue, profit and best product of the last year of each pair that was found."""
    rows = np.flatnonzero((categories >= 0) & (lines.revenues != 0))
    rows = rows[np.isin(lines.customers[rows], customer_keys) & np.isin(categories[rows], keys)]
    codes = np.searchsorted(customer_keys, lines.customers[rows]) * max(len(keys), 1)
    codes = codes + np.searchsorted(keys, categories[rows])
    pairs, size = habits.codes[found], len(found)
    place = np.minimum(np.searchsorted(pairs, codes), max(size - 1, 0))
    inside = np.flatnonzero(pairs[place] == codes) if size else np.zeros(0, np.int64)
    rows, place = rows[inside], place[inside]
    late = lines.days[rows] > habits.last[found][place] - WORTH_DAYS
    rows, place = rows[late], place[late]
    revenues = np.bincount(place, lines.revenues[rows], size)
    profits = np.bincount(place, lines.profits[rows], size)
    best = _get_best_products(place, lines.products[rows], lines.revenues[rows], size)
    return revenues, profits, best


def _get_best_products(places, products, revenues, size):
    """Return the product of each place that brought most; of equals the one with the lower key."""
    kinds, numbers = np.unique(products, return_inverse=True)
    pairs, where = np.unique(places * max(len(kinds), 1) + numbers, return_inverse=True)
    sums = np.bincount(where, revenues, len(pairs))
    owner, product = pairs // max(len(kinds), 1), pairs % max(len(kinds), 1)
    order = np.lexsort((product, -sums, owner))
    best = np.zeros(size, dtype=np.int64)
    first = order[np.r_[True, np.diff(owner[order]) != 0]] if len(order) else order
    best[owner[first]] = kinds[product[first]]
    return best
