"""What to offer of a category a customer has stopped buying."""

from dataclasses import dataclass

import numpy as np

from .offers import Offers
from .purchase_lines import PurchaseLines
from .stopped_categories import WORTH_DAYS, StoppedCategories


@dataclass(frozen=True)
class GroupedOffers:
    """Offers of which only the first that may be offered of each group is shown.

    Customers and products of the offers are keys; ``groups``: key of the group of each row, the
    same for all rows of a product.
    """

    offers: Offers
    groups: np.ndarray

    def place(self, customer_keys, product_keys) -> tuple[Offers, np.ndarray]:
        """Return the offers by positions, and the group by position of the product, -1 for none.

        :param customer_keys, product_keys: ascending; all keys of the offers are among them
        """
        columns = vars(self.offers) | {
            "customers": np.searchsorted(customer_keys, self.offers.customers),
            "products": np.searchsorted(product_keys, self.offers.products),
        }
        groups = np.full(len(product_keys), -1, dtype=np.int64)
        groups[columns["products"]] = self.groups
        return Offers(**columns), groups


def offer_win_backs(lines: PurchaseLines, categories, found: StoppedCategories) -> GroupedOffers:
    """Return what customers bought of what they stopped buying, by what the category was worth.

    Within a category what brought most in its last year comes first.

    :param categories: key of each row of the lines, negative for none
    :param found: of the same lines
    """
    rows = lines.bought
    rows = rows[np.isin(lines.customers[rows], found.customers)]
    own = np.asarray(categories)[rows]
    base = int(max(own.max(initial=0), found.categories.max(initial=0))) + 1
    codes = found.customers.astype(np.int64) * base + found.categories
    wanted = lines.customers[rows] * base + own
    place = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
    inside = (own >= 0) & (codes[place] == wanted) if len(codes) else np.zeros(len(rows), bool)
    rows, place = rows[inside], place[inside]
    kinds, numbers = np.unique(lines.products[rows], return_inverse=True)
    pairs, where = np.unique(place * max(len(kinds), 1) + numbers, return_inverse=True)
    late = lines.days[rows] > found.last_days[place] - WORTH_DAYS
    brought = np.bincount(where, lines.revenues[rows] * late, len(pairs))
    stopped, product = pairs // max(len(kinds), 1), kinds[pairs % max(len(kinds), 1)]
    order = np.lexsort(
        (product, -brought, found.categories[stopped], -found.revenues[stopped],
         found.customers[stopped])
    )  # fmt: skip
    stopped, product = stopped[order], product[order]
    offers = Offers.of(
        found.customers[stopped],
        product,
        gaps=found.gaps[stopped],
        last_days=found.last_days[stopped],
        purchases=found.purchases[stopped],
    )
    return GroupedOffers(offers, found.categories[stopped])
