"""Recommendations of many customers as columns: those that are stored, and those wanted today."""

from datetime import date

import numpy as np

from ..base.facts import Facts, to_days
from .customer_recommendation import KINDS, STATES

FIGURES = (
    "rank",
    "because_product_id",
    "support_count",
    "base_count",
    "lift",
    "gap_days",
    "last_purchase_date",
    "usual_quantity",
    "expected_profit",
)
OUTCOME = ("state", "decided_date", "order_id", "hit_ratio")
KEY = ("partner_id", "kind", "product_id")
# Places in KINDS and STATES count from 1, as in PostgreSQL.
KIND_NAMES = [None, *(kind for kind, _name in KINDS)]
STATE_NAMES = [None, *(state for state, _name in STATES)]
KIND_PLACES = {kind: place for place, kind in enumerate(KIND_NAMES)}
REALS = ("lift", "gap_days", "usual_quantity", "expected_profit", "hit_ratio")
DAYS = ("date", "last_purchase_date", "decided_date")
# Zero is none of these; in the other whole numbers it is a count.
LINKS = ("because_product_id", "order_id")


def _get_kind(name):
    return "float" if name in REALS else "day" if name in DAYS else "int"


class OfferColumns:
    """What is wanted today: name -> array, one row per customer, kind and product.

    Kinds are places in :data:`KIND_NAMES`, days ordinals; 0 is no product and no day.
    """

    names = (*KEY, *FIGURES)

    def __init__(self, columns):
        """Keep columns, all of one length."""
        self.columns = columns

    @classmethod
    def join(cls, parts):
        """Return the rows of all parts."""
        if not parts:
            return cls({name: np.zeros(0, dtype=np.int64) for name in cls.names})
        return cls(
            {name: np.concatenate([part.columns[name] for part in parts]) for name in cls.names}
        )

    def __len__(self):
        return len(self.columns["partner_id"])

    def __getitem__(self, name):
        return self.columns[name]

    def take(self, rows):
        """Return some rows, by position or mask."""
        return type(self)({name: column[rows] for name, column in self.columns.items()})

    def without(self, places):
        """Return the rows that do not stand at these positions."""
        left = np.ones(len(self), dtype=bool)
        left[places] = False
        return self.take(left)

    def without_keys(self, keys, pairs):
        """Return the rows that have none of these keys, nor of these customers and products."""
        left = ~np.isin(self.get_codes(), _get_pair_codes(pairs))
        for place in np.unique(self["kind"]).tolist():
            served = [
                (partner, product) for partner, kind, product in keys if kind == KIND_NAMES[place]
            ]
            left &= (self["kind"] != place) | ~np.isin(self.get_codes(), _get_pair_codes(served))
        return self.take(left)

    def get_codes(self):
        """Return one number per customer and product."""
        return (self["partner_id"] << 32) + self["product_id"]

    def get_rows(self, rows):
        """Return some rows as dictionaries of plain values, ``None`` for none."""
        part = self.take(rows)
        columns = [part._get_values(name) for name in self.names]
        return [dict(zip(self.names, values, strict=True)) for values in zip(*columns, strict=True)]

    def get_offers(self, keys):
        """Return key -> row as a dictionary, of those with one of these keys."""
        partners = [partner for partner, _kind, _product in keys]
        rows = self.get_rows(np.isin(self["partner_id"], partners)) if keys else []
        return {tuple(row[name] for name in KEY): row for row in rows}

    def _get_keys(self, products):
        """Return one number per customer, kind and product; -1 for a product not among these."""
        if not len(products):
            return np.full(len(self), -1)
        place = np.minimum(np.searchsorted(products, self["product_id"]), len(products) - 1)
        keys = (self["partner_id"] * len(products) + place) * len(KIND_NAMES) + self["kind"]
        return np.where(products[place] == self["product_id"], keys, -1)

    def to_facts(self, model, names, keys=None):
        """Return columns as they are written to a model.

        :param keys: of the rows, ascending or not; their positions by default
        """
        facts = Facts(np.arange(len(self)) if keys is None else keys)
        for name in names:
            column = self[name]
            if name in DAYS:
                facts[name] = to_days(np.where(column > 0, column, np.nan))
            elif name in ("kind", "state"):
                facts[name] = np.array(self._get_values(name), dtype=object)
            elif name in LINKS:
                facts[name] = np.where(column > 0, column, np.nan)
            else:
                facts[name] = column.astype(float)
        return facts

    def _get_values(self, name):
        values = self[name].tolist()
        if name in REALS:
            return [None if value != value else value for value in values]  # noqa: PLR0124
        if name in DAYS:
            return [date.fromordinal(value) if value else None for value in values]
        if name == "kind":
            return [KIND_NAMES[value] for value in values]
        if name == "state":
            return [STATE_NAMES[value] for value in values]
        if name in LINKS:
            return [value or None for value in values]
        return values


class RecommendationColumns(OfferColumns):
    """What is stored."""

    names = ("id", *KEY, "date", *FIGURES, *OUTCOME)

    def has_state(self, *states):
        """Tell of every row whether it is in one of these states."""
        return np.isin(self["state"], [STATE_NAMES.index(state) for state in states])

    def get_pairs(self, rows):
        """Return the (customer id, product id) of some rows."""
        part = self.take(rows)
        return set(zip(part["partner_id"].tolist(), part["product_id"].tolist(), strict=True))

    def get_settled(self, wanted, lines, orders, since):
        """Tell which rows stay open as they are, and where each stands in what is wanted.

        Wanted today, the only one of its key, shown within the look-back, and neither bought since
        nor on an order: whatever else there is to decide about a row needs a closer look.

        :param lines: PurchaseLines; ``orders``: rows with customer and product
        :param since: first day of the look-back, ordinal
        :return: (mask, positions in ``wanted``, which say nothing outside of the mask)
        """
        pairs = self.get_codes()
        products = np.unique(wanted["product_id"])
        own, asked = self._get_keys(products), wanted._get_keys(products)
        order = np.argsort(asked, kind="stable")
        spot = np.minimum(np.searchsorted(asked[order], own), max(len(order) - 1, 0))
        places = order[spot] if len(order) else np.zeros(len(self), dtype=np.int64)
        settled = asked[places] == own if len(order) else np.zeros(len(self), dtype=bool)
        settled &= self.has_state("open") & (self["date"] >= since)
        settled &= (self["order_id"] == 0) & (self["decided_date"] == 0)
        settled &= np.isnan(self["hit_ratio"])
        settled &= ~np.isin(own, _get_repeated(own[~self.has_state("expired", "rejected")]))
        ordered = {(row["partner_id"], row["product_id"]) for row in orders}
        settled &= ~np.isin(pairs, _get_pair_codes(ordered))
        rows = lines.bought
        rows = rows[lines.days[rows] >= since]
        bought = (lines.customers[rows] << 32) + lines.products[rows]
        settled &= self["date"] > _get_last_days(pairs, bought, lines.days[rows])
        return settled, places

    def get_changed(self, wanted, settled, places):
        """Return the positions of settled rows that have other figures than wanted."""
        rows = np.flatnonzero(settled)
        differs = np.zeros(len(rows), dtype=bool)
        for name in FIGURES:
            stored, fresh = self[name][rows], wanted[name][places[rows]]
            if name in REALS:
                # What is stored has the digits of its field: closer than any of them is the same.
                near = np.abs(stored - fresh) <= 1e-9 * np.maximum(np.abs(fresh), 1.0)
                differs |= ~(near | (np.isnan(stored) & np.isnan(fresh)))
            else:
                differs |= stored != fresh
        return rows[differs]


def _get_pair_codes(pairs):
    return np.array([(customer << 32) + product for customer, product in pairs], dtype=np.int64)


def _get_repeated(codes):
    found, counts = np.unique(codes, return_counts=True)
    return found[counts > 1]


def _get_last_days(codes, bought, days):
    """Return per code the latest of its days, 0 without one."""
    found, where = np.unique(bought, return_inverse=True)
    last = np.zeros(len(found), dtype=np.int64)
    np.maximum.at(last, where, days)
    if not len(found):
        return np.zeros(len(codes), dtype=np.int64)
    place = np.minimum(np.searchsorted(found, codes), len(found) - 1)
    return np.where(found[place] == codes, last[place], 0)


COLUMN_KINDS = {name: _get_kind(name) for name in RecommendationColumns.names}
