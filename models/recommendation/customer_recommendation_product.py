import numpy as np

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.nullable import NullableMonetary


class CustomerRecommendation(models.Model):
    """Which products may be offered at all, and what one unit brings at a customer's price."""

    _inherit = "customer.recommendation"

    unit_price = NullableMonetary(
        string="Price",
        compute="_compute_unit_price",
        help="Of one unit for this customer today, from their pricelist. Company currency.",
    )

    @api.depends("product_id", "partner_id", "company_id")
    def _compute_unit_price(self):
        """Ask Odoo for the price of all products of a pricelist at once."""
        self.unit_price = None
        for company, offers in self.sudo().grouped("company_id").items():
            partners = offers.partner_id
            codes = self._get_pricelist_ids(company, partners).tolist()
            prices = {
                code: self._get_list_prices(company, code, offers.product_id) for code in set(codes)
            }
            pricelists = dict(zip(partners.ids, codes, strict=True))
            for offer in offers:
                code = pricelists[offer.partner_id.id]
                offer.unit_price = prices[code].get(offer.product_id.id)

    @api.model
    def _get_list_prices(self, company, code, products):
        """Return product id -> price of one unit today, company currency.

        :param code: id of a pricelist, 0 for none
        """
        pricelist = self.env["product.pricelist"].sudo().browse(code or [])
        found = pricelist._compute_price_rule(
            products.with_company(company),
            1.0,
            currency=company.currency_id,
            date=fields.Datetime.now(),
        )
        return {product: price for product, (price, _rule) in found.items()}

    @api.model
    def _get_offerable_domain(self, company):
        """Return the domain of products that can be put on a quotation with one click."""
        return Domain(
            [
                ("active", "=", True),
                ("product_tmpl_id.active", "=", True),
                ("sale_ok", "=", True),
                ("type", "!=", "combo"),
            ]
        ) & (Domain("company_id", "=", False) | Domain("company_id", "parent_of", company.id))

    @api.model
    def _find_offerable(self, company, product_ids):
        """Return which of these products are saleable and can be had.

        A storable product without stock and without incoming goods must be purchasable or have
        a bill of materials.
        """
        products = (
            self.env["product.product"]
            .sudo()
            .with_company(company)
            .with_context(allowed_company_ids=company.ids)
            .search(Domain("id", "in", product_ids) & self._get_offerable_domain(company))
        )
        # Most products may be purchased: of thousands, these alone are read.
        doubtful = products.search(
            [("id", "in", products.ids), ("is_storable", "=", True), ("purchase_ok", "=", False)]
        )
        return products - doubtful.filtered(
            lambda product: (
                not self._is_made(product)
                and product.qty_available <= 0
                and product.incoming_qty <= 0
            )
        )

    @api.model
    def _is_made(self, product):
        """Tell whether the company can make a product itself (Manufacturing is optional)."""
        return "bom_ids" in product.product_tmpl_id._fields and bool(
            product.product_tmpl_id.bom_ids
        )

    @api.model
    def _get_value_groups(self, company, partner_ids):
        """Return per customer whether it is among those of value class A or B (1) or not (0)."""
        self.env["customer.profile"].flush_model(["value_class"])
        top = self.env.execute_query(
            SQL(
                """SELECT partner_id
                     FROM customer_profile
                    WHERE company_id = %s AND partner_id = ANY(%s) AND value_class IN ('A', 'B')""",
                company.id,
                partner_ids.tolist(),
            )
        )
        return np.isin(partner_ids, [partner for (partner,) in top]).astype(np.int64)

    @api.model
    def _get_unit_profits(self, company, pricelist, products):
        """Return product id -> price without included taxes less cost, company currency.

        The price is Odoo's own for one unit from the pricelist today; NaN for what has none.
        """
        products = products.with_company(company)
        prices = self._get_list_prices(company, pricelist.id or 0, products)
        is_net = not any(tax.price_include for tax in products.taxes_id)
        return {
            product.id: (
                prices[product.id]
                if is_net
                else self._get_net_price(company, product, prices[product.id])
            )
            - product.standard_price
            if prices[product.id] > 0
            else np.nan
            for product in products
        }

    @api.model
    def _get_net_price(self, company, product, price):
        taxes = product.taxes_id._filter_taxes_by_company(company)
        if not any(tax.price_include for tax in taxes):
            return price
        return taxes.compute_all(price, currency=company.currency_id, product=product)[
            "total_excluded"
        ]

    @api.model
    def _get_pricelist_ids(self, company, partners):
        """Return the id of each customer's pricelist, 0 without one.

        Odoo's look-up takes a while for thousands; where there is one list, it is everybody's.
        """
        pricelists = self.env["product.pricelist"].with_company(company)
        domain = [("company_id", "in", (False, company.id))]
        is_one = pricelists.search_count(domain, limit=2) < 2
        asked = partners[:1] if is_one else partners
        found = pricelists._get_partner_pricelist_multi(asked.ids)
        if is_one:
            return np.full(len(partners), found[asked.id].id or 0 if asked else 0)
        return np.array([found[partner].id or 0 for partner in partners.ids], dtype=np.int64)

    @api.model
    def _get_customer_profits(self, company, partners, products, lists, product_keys):
        """Return what one unit of every offer brings at the price of its customer.

        :param partners: by position of the customers in the offers
        :param lists: of Offers; a price they share is asked for once
        :return: one array per list, company currency
        """
        codes = self._get_pricelist_ids(company, partners)
        results = [np.full(len(offers), np.nan) for offers in lists]
        for code in np.unique(codes).tolist():
            rows = [np.flatnonzero(codes[offers.customers] == code) for offers in lists]
            places = [offers.products[part] for offers, part in zip(lists, rows, strict=True)]
            wanted = np.unique(np.concatenate(places))
            pricelist = self.env["product.pricelist"].browse(code or [])
            profits = self._get_unit_profits(
                company, pricelist, products.browse(product_keys[wanted].tolist())
            )
            by_place = np.full(len(product_keys), np.nan)
            by_place[wanted] = [profits[key] for key in product_keys[wanted].tolist()]
            for result, part, place in zip(results, rows, places, strict=True):
                result[part] = by_place[place]
        return results
