import numpy as np

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...engine.recommendation import MAX_NEIGHBOURS, AffinityTables, UpSells
from ..base.nullable import NullableFloat

# Up-sells are counted among customers alike: 1 and 0 of ``_get_value_groups``.
VALUE_GROUPS = [("top", "Value class A and B"), ("other", "The other ones")]
KINDS = [("cross_sell", "Bought by the same customers"), ("up_sell", "Bought later, better")]


class CustomerProductAffinity(models.Model):
    """Which products go with which: what recommendations are made from (docs/recommendations.md).

    Written by the fit of the prediction alone; the best twenty per product and kind.
    """

    _name = "customer.product.affinity"
    _description = "Product Affinity"
    _order = "company_id, product_id, kind, rank"
    _rec_name = "product_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    model_id = fields.Many2one(
        string="Fit",
        comodel_name="customer.prediction.model",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    other_product_id = fields.Many2one(
        string="Goes with",
        comodel_name="product.product",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    value_group = fields.Selection(
        selection=VALUE_GROUPS,
        string="Among customers of",
        readonly=True,
        help="A better product is offered to customers alike only.",
    )
    rank = fields.Integer(readonly=True, aggregator=None)
    together_count = fields.Integer(
        string="With both",
        readonly=True,
        aggregator=None,
        help="Customers who bought both products; of a better product: who bought it later.",
    )
    base_count = fields.Integer(
        string="With the product",
        readonly=True,
        aggregator=None,
        help="Customers who bought the product.",
    )
    basket_count = fields.Integer(
        string="In one purchase",
        readonly=True,
        aggregator=None,
        help="Purchases with both products: what customers buy on one day is one purchase.",
    )
    lift = NullableFloat(
        readonly=True,
        aggregator=None,
        digits=(16, 2),
        help="How many times more customers have both than chance would have it.",
    )
    usual_quantity = fields.Float(
        string="Usual quantity",
        readonly=True,
        aggregator=None,
        digits="Product Unit",
        help="Mean quantity of the other product in a purchase, in its unit.",
    )
    score = fields.Float(
        readonly=True, aggregator=None, help="The weight by which recommendations are ordered."
    )

    @api.depends("product_id", "other_product_id")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = (
                f"{pair.product_id.display_name} → {pair.other_product_id.display_name}"
            )

    @api.model
    def _replace(self, model, tables, up_sells, product_ids, quantities):
        """Store the pairs of a fit in place of the company's earlier ones.

        :param tables: AffinityTables; positions in ``product_ids``, as in ``up_sells``
        :param quantities: usual quantity per product position
        """
        self.env.execute_query(
            SQL(
                "DELETE FROM customer_product_affinity WHERE company_id = %s RETURNING id",
                model.company_id.id,
            )
        )
        self._insert(model, self._get_cross_sell_rows(tables, product_ids, quantities))
        self._insert(model, self._get_up_sell_rows(up_sells, product_ids, quantities))
        self.invalidate_model()

    @api.model
    def _get_cross_sell_rows(self, tables, product_ids, quantities):
        row, column = np.nonzero(tables.others >= 0)
        others = tables.others[row, column]
        return {
            "kind": ["cross_sell"] * len(row),
            "product_id": product_ids[tables.products[row]].tolist(),
            "other_product_id": product_ids[others].tolist(),
            "rank": (column + 1).tolist(),
            "together_count": tables.together[row, column].tolist(),
            "base_count": tables.buyers[row].tolist(),
            "basket_count": tables.in_basket[row, column].tolist(),
            "lift": tables.get_lifts()[row, column].tolist(),
            "usual_quantity": quantities[others].tolist(),
            "score": tables.scores[row, column].astype(float).tolist(),
            "value_group": [None] * len(row),
        }

    @api.model
    def _get_up_sell_rows(self, up_sells, product_ids, quantities):
        codes = 2 * up_sells.products + up_sells.groups
        starts = np.searchsorted(codes, codes)
        return {
            "kind": ["up_sell"] * len(starts),
            "product_id": product_ids[up_sells.products].tolist(),
            "other_product_id": product_ids[up_sells.others].tolist(),
            "rank": (np.arange(len(starts)) - starts + 1).tolist(),
            "together_count": up_sells.followers.tolist(),
            "base_count": up_sells.buyers.tolist(),
            "basket_count": [0] * len(starts),
            "lift": [None] * len(starts),
            "usual_quantity": quantities[up_sells.others].tolist(),
            "score": up_sells.probability.tolist(),
            "value_group": ["top" if group else "other" for group in up_sells.groups.tolist()],
        }

    @api.model
    def _insert(self, model, columns):
        names = list(columns)
        values = SQL(", ").join(
            SQL("%s::%s[]", columns[name], SQL.identifier(self._fields[name].column_type[0]))
            for name in names
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_product_affinity
                       (company_id, model_id, create_uid, create_date, write_uid, write_date,
                        %(names)s)
                SELECT %(company)s, %(model)s, %(uid)s, %(now)s, %(uid)s, %(now)s, r.*
                  FROM unnest(%(values)s) AS r
             RETURNING id""",
                names=SQL(", ").join(map(SQL.identifier, names)),
                company=model.company_id.id,
                model=model.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                values=values,
            )
        )

    @api.model
    @tools.ormcache("model_id")
    def _get_tables(self, model_id):
        """Return (product ids, usual quantities, AffinityTables, UpSells) of a fit.

        Positions are those in the product ids; empty when there was no fit. A fit never
        changes: its tables are kept in memory for the ranges of the nightly run.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT kind, product_id, other_product_id, rank, together_count, base_count,
                          score, usual_quantity, (value_group = 'top')::int
                     FROM customer_product_affinity
                    WHERE model_id = %s
                 ORDER BY kind, product_id, value_group DESC, rank""",
                model_id,
            )
        )
        pairs = {
            kind: np.array([row[1:] for row in rows if row[0] == kind], dtype=float).reshape(-1, 8)
            for kind, _label in KINDS
        }
        found = np.concatenate([table[:, :2].ravel() for table in pairs.values()])
        product_ids = np.unique(found).astype(np.int64)
        model = self.env["customer.prediction.model"].sudo().browse(model_id).exists()
        tables = self._make_tables(product_ids, pairs["cross_sell"], model)
        product, other, _rank, followers, buyers, _score, _quantity, groups = pairs["up_sell"].T
        quantities = np.ones(len(product_ids))
        for table in pairs.values():
            quantities[np.searchsorted(product_ids, table[:, 1])] = table[:, 6]
        return (
            product_ids,
            quantities,
            tables,
            UpSells(
                np.searchsorted(product_ids, product),
                np.searchsorted(product_ids, other),
                followers.astype(np.int64),
                buyers.astype(np.int64),
                groups.astype(np.int64),
            ),
        )

    @api.model
    def _make_tables(self, product_ids, pairs, model):
        """Return the tables as the engine made them: by product."""
        product, other, rank, together, base, score, _quantity, _group = pairs.T
        ids, first = np.unique(product, return_index=True)
        row, column = np.searchsorted(ids, product), rank.astype(np.int64) - 1
        shape = (len(ids), MAX_NEIGHBOURS)
        others = np.full(shape, -1, dtype=np.int64)
        scores, both = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        others[row, column] = np.searchsorted(product_ids, other)
        scores[row, column] = score
        both[row, column] = together
        return AffinityTables(
            products=np.searchsorted(product_ids, ids),
            others=others,
            scores=scores,
            together=both,
            buyers=base[first].astype(np.int64),
            total_buyers=model.affinity_customer_count,
        )
