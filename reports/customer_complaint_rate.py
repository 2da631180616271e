from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.access import GROUPS_DELIVERIES
from ..models.base.folded_text import FoldedChar
from ..models.base.nullable import NullableFloat
from ..models.complaint.customer_complaint import SEVERITIES

THOUSAND = 1000
# rate -> what it is divided by
DENOMINATORS = {
    "complaints_per_1000_deliveries": "delivery_count",
    "complaints_per_1000_units": "unit_count",
}


class CustomerComplaintRate(models.Model):
    """Complaints per 1 000 deliveries and per 1 000 units, by whatever both have in common.

    Complaints and delivered lines stand in one table, so a group has the numerator and the
    denominator of its rate: rates are taken of the rows of each group, and a delivery of
    several products counts once in each group that has it. Duplicates are left out.
    """

    _name = "customer.complaint.rate"
    _inherit = "customer.date.bounds.mixin"
    _description = "Complaint Rate"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        selection=[("complaint", "Complaint"), ("delivery", "Delivered")], readonly=True
    )
    date = fields.Datetime(readonly=True, help="When it was received, or delivered.")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    customer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    user_id = fields.Many2one(
        string="Salesperson",
        comodel_name="res.users",
        readonly=True,
        help="Of the order, else of the customer.",
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    product_category_id = fields.Many2one(comodel_name="product.category", readonly=True)
    lot_id = fields.Many2one(string="Lot/Serial Number", comodel_name="stock.lot", readonly=True)
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        help="Who delivered the lot to us; without a lot, the first vendor of the product.",
    )
    carrier = FoldedChar(readonly=True)
    category_id = fields.Many2one(
        string="Complaint category", comodel_name="customer.complaint.category", readonly=True
    )
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    complaint_id = fields.Many2one(comodel_name="customer.complaint", readonly=True)
    picking_id = fields.Many2one(
        string="Delivery",
        comodel_name="stock.picking",
        readonly=True,
        groups=GROUPS_DELIVERIES,
    )
    complaint_count = fields.Integer(string="Complaints", readonly=True, aggregator="sum")
    delivery_count = fields.Integer(
        string="Deliveries",
        readonly=True,
        aggregator="sum",
        help="Different deliveries with at least one line in the group.",
    )
    unit_count = fields.Float(
        string="Units delivered",
        readonly=True,
        aggregator="sum",
        digits="Product Unit",
        help="In the unit of measure of each product.",
    )
    complaints_per_1000_deliveries = NullableFloat(
        string="Complaints per 1,000 deliveries", readonly=True, aggregator="avg", digits=(16, 2)
    )
    complaints_per_1000_units = NullableFloat(
        string="Complaints per 1,000 units", readonly=True, aggregator="avg", digits=(16, 2)
    )

    _depends = {
        "customer.complaint": [
            *("open_date", "company_id", "customer_id", "partner_id", "order_line_id"),
            *("invoice_line_id", "picking_id", "product_id", "lot_id", "category_id"),
            *("severity", "duplicate_of_id"),
        ],
        "stock.picking": [
            *("state", "company_id", "date_done", "location_id", "location_dest_id"),
            *("partner_id", "sale_id"),
        ],
        "stock.move.line": [
            *("picking_id", "product_id", "lot_id", "quantity_product_uom", "state"),
            *("location_id", "date"),
        ],
        "sale.order": ["partner_id", "user_id"],
        "sale.order.line": ["order_id"],
        "account.move": ["invoice_user_id"],
        "account.move.line": ["move_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "product.supplierinfo": [
            *("product_tmpl_id", "partner_id", "company_id", "sequence"),
        ],
        "res.partner": ["commercial_partner_id", "user_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """WITH %(suppliers)s, fact AS (%(complaints)s UNION ALL %(deliveries)s)
            SELECT f.id, f.kind, f.date, f.company_id, f.customer_id, f.user_id, f.product_id,
                   t.categ_id AS product_category_id, f.lot_id,
                   COALESCE(l.supplier_id, v.supplier_id) AS supplier_id,
                   %(carrier)s AS carrier, f.category_id, f.severity, f.complaint_id,
                   f.picking_id, f.complaint_count, f.delivery_count, f.unit_count,
                   NULL::float8 AS complaints_per_1000_deliveries,
                   NULL::float8 AS complaints_per_1000_units
              FROM fact f
         LEFT JOIN product_product p ON p.id = f.product_id
         LEFT JOIN product_template t ON t.id = p.product_tmpl_id
         LEFT JOIN lot_supplier l ON l.lot_id = f.lot_id
         LEFT JOIN vendor v ON v.product_tmpl_id = p.product_tmpl_id
                           AND v.company_id = f.company_id
         %(carrier_join)s""",
            suppliers=self._get_supplier_sql(),
            complaints=self._get_complaint_sql(),
            deliveries=self._get_delivery_sql(),
            carrier=self._get_carrier_sql(),
            carrier_join=self._get_carrier_join_sql(),
        )

    @api.model
    def _get_supplier_sql(self):
        """CTEs ``lot_supplier``: who first delivered a lot to us; ``vendor``: of a product."""
        return SQL(
            """lot_supplier AS (
                SELECT DISTINCT ON (l.lot_id) l.lot_id, r.commercial_partner_id AS supplier_id
                  FROM stock_move_line l
                  JOIN stock_location src ON src.id = l.location_id AND src.usage = 'supplier'
                  JOIN stock_picking k ON k.id = l.picking_id
                  JOIN res_partner r ON r.id = k.partner_id
                 WHERE l.lot_id IS NOT NULL AND l.state = 'done'
              ORDER BY l.lot_id, l.date, l.id
            ), vendor AS (
                SELECT DISTINCT ON (s.product_tmpl_id, c.id) s.product_tmpl_id,
                       c.id AS company_id, r.commercial_partner_id AS supplier_id
                  FROM product_supplierinfo s
                  JOIN res_company c ON c.id = s.company_id OR s.company_id IS NULL
                  JOIN res_partner r ON r.id = s.partner_id
                 WHERE c.id = ANY(%s)
              ORDER BY s.product_tmpl_id, c.id, s.sequence, s.id
            )""",
            self.env.companies.ids,
        )

    @api.model
    def _get_complaint_sql(self):
        """One row per complaint; ids are even."""
        return SQL(
            """SELECT c.id::bigint * 2 AS id, 'complaint' AS kind, c.open_date AS date,
                      c.company_id, c.customer_id,
                      COALESCE(so.user_id, m.invoice_user_id, ko.user_id, r.user_id) AS user_id,
                      c.product_id, c.lot_id, c.category_id, c.severity, c.id AS complaint_id,
                      c.picking_id, 1 AS complaint_count, 0 AS delivery_count,
                      0::numeric AS unit_count
                 FROM customer_complaint c
            LEFT JOIN res_partner r ON r.id = c.customer_id
            LEFT JOIN sale_order_line sl ON sl.id = c.order_line_id
            LEFT JOIN sale_order so ON so.id = sl.order_id
            LEFT JOIN account_move_line ml ON ml.id = c.invoice_line_id
            LEFT JOIN account_move m ON m.id = ml.move_id
            LEFT JOIN stock_picking k ON k.id = c.picking_id
            LEFT JOIN sale_order ko ON ko.id = k.sale_id
                WHERE c.duplicate_of_id IS NULL AND c.company_id = ANY(%s)""",
            self.env.companies.ids,
        )

    @api.model
    def _get_delivery_sql(self):
        """One row per delivered line; ids are odd. A delivery is one as in the profile."""
        return SQL(
            """SELECT l.id::bigint * 2 + 1 AS id, 'delivery' AS kind, k.date_done AS date,
                      k.company_id, r.commercial_partner_id AS customer_id,
                      COALESCE(so.user_id, cr.user_id) AS user_id, l.product_id, l.lot_id,
                      NULL::int AS category_id, NULL AS severity, NULL::int AS complaint_id,
                      k.id AS picking_id, 0 AS complaint_count, 1 AS delivery_count,
                      l.quantity_product_uom AS unit_count
                 FROM stock_picking k
                 JOIN stock_location src ON src.id = k.location_id AND src.usage <> 'customer'
                 JOIN stock_location dest
                   ON dest.id = k.location_dest_id AND dest.usage = 'customer'
                 JOIN stock_move_line l ON l.picking_id = k.id AND l.state = 'done'
            LEFT JOIN sale_order so ON so.id = k.sale_id
            LEFT JOIN res_partner r ON r.id = COALESCE(
                      %(origin)s, k.customer_moved_from_id, k.partner_id)
            LEFT JOIN res_partner cr ON cr.id = r.commercial_partner_id
                WHERE k.state = 'done' AND k.company_id = ANY(%(companies)s)""",
            origin=self.env["customer.profile"]._get_order_origin_sql("so"),
            companies=self.env.companies.ids,
        )

    @api.model
    def _has_carriers(self):
        """Tell whether deliveries have carriers: with the application Delivery only."""
        field = self.env["stock.picking"]._fields.get("carrier_id")
        return bool(field and field.store)

    @api.model
    def _get_carrier_sql(self):
        if not self._has_carriers():
            return SQL("NULL")
        lang = self.env.lang or "en_US"
        return SQL("COALESCE(dc.name->>%s, dc.name->>'en_US')", lang)

    @api.model
    def _get_carrier_join_sql(self):
        if not self._has_carriers():
            return SQL()
        to_flush = self.env["stock.picking"]._fields["carrier_id"]
        return SQL(
            """LEFT JOIN stock_picking ck ON ck.id = f.picking_id
               LEFT JOIN delivery_carrier dc ON dc.id = %s""",
            SQL.identifier("ck", "carrier_id", to_flush=to_flush),
        )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Leave out the carrier where deliveries have none."""
        result = super().fields_get(allfields, attributes)
        if not self._has_carriers():
            result.pop("carrier", None)
        return result

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Count deliveries once, and divide what the group adds up to."""
        name = aggregate_spec.partition(":")[0]
        if name == "delivery_count":
            return self._get_delivery_count_sql(query)
        if name not in DENOMINATORS:
            return super()._read_group_select(aggregate_spec, query)
        complaints = self._field_to_sql(self._table, "complaint_count", query)
        if DENOMINATORS[name] == "delivery_count":
            denominator = self._get_delivery_count_sql(query)
        else:
            denominator = SQL("SUM(%s)", self._field_to_sql(self._table, "unit_count", query))
        return SQL(
            "(%s * SUM(%s) / NULLIF(%s, 0))::float8", float(THOUSAND), complaints, denominator
        )

    @api.model
    def _get_delivery_count_sql(self, query):
        return SQL(
            "COUNT(DISTINCT CASE WHEN %s = 'delivery' THEN %s END)",
            self._field_to_sql(self._table, "kind", query),
            self.sudo()._field_to_sql(self._table, "picking_id", query),
        )

    def action_open_document(self):
        """Open the complaint or the delivery behind the row. Public: button."""
        self.ensure_one()
        document = self.complaint_id or self.sudo().picking_id.sudo(False)
        document.check_access("read")
        return document._get_records_action(context={})
