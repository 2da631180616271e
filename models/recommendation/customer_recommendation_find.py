from dataclasses import replace

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.recommendation import (
    PairValues,
    UpSells,
    offer_best_sellers,
    offer_cross_sells,
    offer_reorders,
    offer_up_sells,
    reposition_tables,
)
from ..base.facts import round_amounts
from .customer_recommendation import OWN_KINDS
from .recommendation_columns import KIND_PLACES, OfferColumns

SHOWN = 5


class CustomerRecommendation(models.Model):
    """What customers should be offered today, from their purchases and the company's pairs."""

    _inherit = "customer.recommendation"

    @api.model
    def _find_offers(self, company, lines, today, suppressed, more):
        """Return what to offer, the best five per kind and customer.

        :param lines: PurchaseLines of these customers up to today
        :param suppressed: kind -> (customer id, product id) pairs that were rejected or bought
        :param more: kind -> GroupedOffers of own products, found by other rooms
        :rtype: OfferColumns
        """
        book = lines.get_basket_history()
        if not len(book):
            return OfferColumns.join([])
        model = self.env["customer.prediction.model"]._get_active(company)
        book, quantities, tables, up_sells, best = self._align(model, book)
        products = self._find_offerable(company, book.product_keys.tolist())
        blocked = ~np.isin(book.product_keys, products.ids)
        day = today.toordinal()
        found = {
            "reorder": offer_reorders(book, day),
            "cross_sell": offer_cross_sells(tables, book, day, blocked),
            "best_seller": offer_best_sellers(book, *best, model.affinity_customer_count),
            "up_sell": offer_up_sells(
                up_sells, book, day, blocked, self._get_value_groups(company, book.customer_keys)
            ),
        }
        groups = {}
        for kind, offers in more.items():
            placed, groups[kind] = offers.place(book.customer_keys, book.product_keys)
            never = self._get_codes(book, suppressed[kind])
            found[kind] = placed.without_groups(groups[kind], never)
        found, profits = self._keep_sound(company, book, products, blocked, found, suppressed)
        found |= {kind: found[kind].get_first_of(groups[kind]) for kind in groups}
        own = self._get_own_quantities(lines, book)
        parts = []
        for kind, offers in self._select(book, found).items():
            usual = own(offers) if kind in OWN_KINDS else quantities[offers.products]
            unit = profits[kind](offers)
            parts.append(self._prepare_offers(company, book, kind, offers, usual, unit))
        return OfferColumns.join(parts)

    @api.model
    def _align(self, model, book):
        """Return book, usual quantities, tables, up-sells and best sellers by one set of keys."""
        affinity = self.env["customer.product.affinity"].sudo()
        product_ids, known, tables, up_sells = affinity._get_tables(model.id or 0)
        best = np.array(model.affinity_best_sellers or [], dtype=float).reshape(-1, 3)
        best_ids = best[:, 0].astype(np.int64)
        keys = np.unique(np.concatenate([product_ids, book.product_keys, best_ids]))
        quantities = np.ones(len(keys))
        best_places = np.searchsorted(keys, best_ids)
        quantities[best_places] = best[:, 2]
        places = np.searchsorted(keys, product_ids)
        quantities[places] = known
        return (
            replace(
                book,
                product_keys=keys,
                products=np.searchsorted(keys, book.product_keys)[book.products],
            ),
            quantities,
            reposition_tables(tables, places),
            UpSells(
                places[up_sells.products],
                places[up_sells.others],
                up_sells.followers,
                up_sells.buyers,
                up_sells.groups,
            ),
            (best_places, best[:, 1].astype(np.int64)),
        )

    @api.model
    def _keep_sound(self, company, book, products, blocked, found, suppressed):
        """Take out what must never be offered to this customer.

        :return: (lists that are left, kind -> method from offers to the profit of one unit)
        """
        partners = self.env["res.partner"].browse(book.customer_keys.tolist())
        active = np.isin(book.customer_keys, self._read_active_ids(partners))
        categories = self._get_category_pairs(book, partners, products)
        size = len(book.product_keys)
        allowed = {}
        for kind, offers in found.items():
            offers = offers.take(
                np.flatnonzero(~blocked[offers.products] & active[offers.customers])
            )
            offers = offers.without(categories, size)
            allowed[kind] = offers.without(self._get_codes(book, suppressed[kind]), size)
        units = self._get_customer_profits(
            company, partners, products, list(allowed.values()), book.product_keys
        )
        kept, profits = {}, {}
        for (kind, offers), unit in zip(allowed.items(), units, strict=True):
            rows = np.flatnonzero(unit >= 0)
            kept[kind] = offers.take(rows)
            profits[kind] = PairValues(kept[kind].get_pairs(size), unit[rows], size)
        profits["cross_sell"] = profits["cross_sell"].join(profits["best_seller"])
        return kept, profits

    @api.model
    def _get_category_pairs(self, book, partners, products):
        """Return the pairs of customers and products in a category blocked for the customer."""
        size, codes = len(book.product_keys), [np.zeros(0, dtype=np.int64)]
        blocked = self._read_blocked_categories(book.customer_keys, partners)
        if not blocked:
            return codes[0]
        paths = {
            product.id: set((product.categ_id.parent_path or "").split("/")) for product in products
        }
        for place, categories in blocked.items():
            if categories:
                ids = [product for product, path in paths.items() if path & categories]
                codes.append(place * size + np.searchsorted(book.product_keys, ids))
        return np.concatenate(codes).astype(np.int64)

    @api.model
    def _read_active_ids(self, partners):
        """Return which of these customers are not archived: as they are many, by SQL."""
        partners.flush_model(["active"])
        rows = self.env.execute_query(
            SQL("SELECT id FROM res_partner WHERE active AND id = ANY(%s)", partners.ids)
        )
        return [partner for (partner,) in rows]

    @api.model
    def _read_blocked_categories(self, customer_keys, partners):
        """Return place of the customer -> ids of categories never to be offered, as text."""
        field = partners._fields["customer_blocked_category_ids"]
        partners.flush_model([field.name])
        rows = self.env.execute_query(
            SQL(
                "SELECT %(partner)s, %(category)s FROM %(table)s WHERE %(partner)s = ANY(%(ids)s)",
                partner=SQL.identifier(field.column1),
                category=SQL.identifier(field.column2),
                table=SQL.identifier(field.relation),
                ids=partners.ids,
            )
        )
        blocked = {}
        for partner, category in rows:
            place = int(np.searchsorted(customer_keys, partner))
            blocked.setdefault(place, set()).add(str(category))
        return blocked

    @api.model
    def _get_codes(self, book, pairs):
        """Return (customer id, product id) pairs as the engine compares them."""
        known = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        inside = np.isin(known[:, 0], book.customer_keys) & np.isin(known[:, 1], book.product_keys)
        customers = np.searchsorted(book.customer_keys, known[inside, 0])
        products = np.searchsorted(book.product_keys, known[inside, 1])
        return customers.astype(np.int64) * len(book.product_keys) + products

    @api.model
    def _select(self, book, found):
        """Return the best of every kind; a product is offered for one reason only."""
        size = len(book.product_keys)
        up_sells = found["up_sell"].get_top(SHOWN)
        # Who bought the better product later has both: the reason that says so comes first.
        cross = found["cross_sell"].without(up_sells.get_pairs(size), size).get_top(SHOWN)
        # Best sellers only fill up what the customer's own products leave open.
        taken = np.concatenate([cross.get_pairs(size), up_sells.get_pairs(size)])
        best = found["best_seller"].without(taken, size)
        # Who has stopped buying is late as well: the reason that says so comes first.
        others = {kind: found[kind].get_top(SHOWN) for kind in OWN_KINDS[1:] if kind in found}
        late = found["reorder"]
        for offers in others.values():
            late = late.without(offers.get_pairs(size), size)
        return others | {
            "reorder": late.get_top(SHOWN),
            "cross_sell": cross.join(best).get_top(SHOWN),
            "up_sell": up_sells,
        }

    @api.model
    def _get_own_quantities(self, lines, book):
        """Return a method from offers to the mean quantity of the customer's own purchases."""
        rows = lines.bought
        size = len(book.product_keys)
        codes = np.searchsorted(book.customer_keys, lines.customers[rows]).astype(np.int64) * size
        codes += np.searchsorted(book.product_keys, lines.products[rows])
        pairs, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
        means = np.bincount(where, lines.quantities[rows], len(pairs)) / counts
        return PairValues(pairs, np.where(means > 0, means, 1.0), size)

    @api.model
    def _prepare_offers(self, company, book, kind, offers, quantities, units):
        """Return the recommendations of one kind as columns."""
        starts = np.searchsorted(offers.customers, offers.customers)
        shares = np.where(offers.bases > 0, offers.counts / np.maximum(offers.bases, 1), 1.0)
        has_reason = offers.because >= 0
        return OfferColumns(
            {
                "partner_id": book.customer_keys[offers.customers],
                "kind": np.full(len(offers), KIND_PLACES[kind]),
                "product_id": book.product_keys[offers.products],
                "rank": np.arange(len(offers)) - starts + 1,
                "because_product_id": np.where(has_reason, book.product_keys[offers.because], 0),
                "support_count": offers.counts,
                "base_count": offers.bases,
                "lift": np.round(offers.lifts, 2),
                "gap_days": np.round(offers.gaps, 1),
                "last_purchase_date": offers.last_days,
                "usual_quantity": np.round(quantities, 2),
                "expected_profit": round_amounts(units * quantities * shares, company.currency_id),
            }
        )
