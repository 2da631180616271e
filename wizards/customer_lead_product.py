from odoo import api, fields, models
from odoo.tools import SQL

from ..models.guard.digits import write_digits

MIN_ALIKE = 5
MAX_ALIKE = 2_000
SHOWN = 10
# The closest group of customers with enough of them is the one that counts.
LADDER = (
    ("tags", "country"),
    ("tags",),
    ("industry", "country"),
    ("industry",),
    ("country",),
    (),
)


class CustomerLeadProduct(models.TransientModel):
    """What customers like a lead buy: made when somebody looks, with the counts as reason."""

    _name = "customer.lead.product"
    _description = "Product for a Lead"
    _inherit = "customer.gate.mixin"
    _order = "buyer_count desc, id"
    _rec_name = "product_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, ondelete="cascade", readonly=True
    )
    buyer_count = fields.Integer(string="Bought by", readonly=True)
    alike_count = fields.Integer(string="Customers alike", readonly=True, aggregator=None)
    criteria = fields.Char(readonly=True)
    reason = fields.Char(compute="_compute_reason")
    stock_status = fields.Selection(
        selection=lambda self: self.env["customer.recommendation"]
        ._fields["stock_status"]
        .selection,
        string="Stock",
        compute="_compute_stock_status",
    )

    @api.depends_context("lang")
    @api.depends("buyer_count", "alike_count", "criteria")
    def _compute_reason(self):
        texts = {
            "tags,country": self.env._("customers with the same tags in the same country"),
            "tags": self.env._("customers with the same tags"),
            "industry,country": self.env._("customers of the same industry and country"),
            "industry": self.env._("customers of the same industry"),
            "country": self.env._("customers in the same country"),
        }
        for line in self:
            line.reason = self.env._(
                "Bought by %(count)s of %(base)s %(group)s",
                count=write_digits(self.env, line.buyer_count),
                base=write_digits(self.env, line.alike_count),
                group=texts.get(line.criteria, self.env._("customers")),
            )

    @api.depends("product_id", "company_id")
    def _compute_stock_status(self):
        recommendations = self.env["customer.recommendation"]
        for company, lines in self.grouped("company_id").items():
            status = recommendations._get_stock_statuses(company, lines.sudo().product_id)
            for line in lines:
                line.stock_status = status.get(line.product_id.id)

    @api.model
    def _make_for(self, lead):
        """Return lines with the products most customers like a lead buy, the best first."""
        company = lead.company_id or self.env.company
        self.sudo().search([("lead_id", "=", lead.id), ("create_uid", "=", self.env.uid)]).unlink()
        criteria, customers = self._find_alike(lead.sudo(), company)
        if not customers:
            return self.browse()
        today = self.env["customer.profile"]._get_today(company)
        lines = self.env["customer.purchase.history"].sudo()._get_lines(company, today, customers)
        book = lines.get_basket_history()
        buyers = {}
        for product in book.owned[1].tolist():
            buyers[product] = buyers.get(product, 0) + 1
        keys = book.product_keys.tolist()
        sound = self._find_sound(lead, company, keys)
        best = sorted(
            (place for place in buyers if keys[place] in sound),
            key=lambda place: (-buyers[place], keys[place]),
        )
        return self.sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "company_id": company.id,
                    "product_id": keys[place],
                    "buyer_count": buyers[place],
                    "alike_count": len(customers),
                    "criteria": ",".join(criteria),
                }
                for place in best[:SHOWN]
            ]
        )

    @api.model
    def _find_sound(self, lead, company, product_ids):
        """Return the products that can be had and are sold at no loss at the price of the lead."""
        recommendations = self.env["customer.recommendation"].sudo().with_company(company)
        products = recommendations._find_offerable(company, product_ids)
        partner = lead.sudo().partner_id
        pricelists = recommendations.env["product.pricelist"]._get_partner_pricelist_multi(
            partner.ids or [False]
        )
        profits = recommendations._get_unit_profits(
            company, pricelists.get(partner.id) or products.env["product.pricelist"], products
        )
        return {product for product, profit in profits.items() if profit >= 0}

    @api.model
    def _find_alike(self, lead, company):
        """Return (criteria, customer ids) of the closest group with enough customers."""
        known = {
            "tags": bool(lead.tag_ids),
            "industry": bool(lead.partner_id.industry_id),
            "country": bool(lead.country_id),
        }
        self.env.flush_all()
        for criteria in LADDER:
            if all(known[name] for name in criteria):
                rows = self.env.execute_query(self._get_alike_sql(lead, company, criteria))
                if len(rows) >= MIN_ALIKE or not criteria:
                    return criteria, [partner for (partner,) in rows]
        return (), []

    @api.model
    def _get_alike_sql(self, lead, company, criteria):
        conditions = {
            "tags": SQL(
                """p.id IN (SELECT c.commercial_partner_id
                              FROM crm_tag_rel r
                              JOIN crm_lead l ON l.id = r.lead_id
                              JOIN res_partner c ON c.id = l.partner_id
                             WHERE r.tag_id = ANY(%s) AND l.id <> %s)""",
                lead.tag_ids.ids,
                lead.id,
            ),
            "industry": SQL("p.industry_id = %s", lead.partner_id.industry_id.id or None),
            "country": SQL("p.country_id = %s", lead.country_id.id or None),
        }
        return SQL(
            """SELECT f.partner_id
                 FROM customer_profile f
                 JOIN res_partner p ON p.id = f.partner_id
                WHERE f.company_id = %s AND f.occasion_count > 0 AND p.id <> %s AND %s
             ORDER BY f.last_occasion_date DESC, f.id
                LIMIT %s""",
            company.id,
            lead.partner_id.commercial_partner_id.id or 0,
            SQL(" AND ").join([SQL("TRUE"), *(conditions[name] for name in criteria)]),
            MAX_ALIKE,
        )
