from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat
from ..base.scope import YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from deliveries and customer returns."""

    _inherit = "customer.profile"

    delivery_count_total = fields.Integer(
        string="Deliveries", readonly=True, groups=GROUPS_STANDING
    )
    delivery_count_365 = fields.Integer(
        string="Deliveries, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    return_count_total = fields.Integer(string="Returns", readonly=True, groups=GROUPS_STANDING)
    return_count_365 = fields.Integer(
        string="Returns, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    otif_line_count = fields.Integer(
        string="Order lines promised, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    otif_on_time_count = fields.Integer(
        string="Order lines on time in full", readonly=True, groups=GROUPS_STANDING
    )
    otif_ratio = NullableFloat(
        string="On time in full",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="0 to 1: share of order lines, promised during the last 365 days, whose whole "
        "quantity had reached the customer by the end of the promised day.",
    )
    delivery_days_late = NullableFloat(
        string="Mean days our deliveries are late",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        digits=(16, 1),
        help="Mean over the same order lines of the days between the promised day and the day "
        "on which everything had arrived; 0 when not later than promised.",
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {
            "transfer": self._get_transfer_facts_sql,
            "otif": self._get_otif_facts_sql,
        }

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "delivery_count_total": 0,
            "delivery_count_365": 0,
            "return_count_total": 0,
            "return_count_365": 0,
            "otif_line_count": 0,
            "otif_on_time_count": 0,
            "otif_ratio": None,
            "delivery_days_late": None,
        }

    @api.model
    def _get_customer_transfer_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``transfer``: done transfers with their customer.

        That of the sales order, else the one their address had when they were done.
        """
        return SQL(
            """%(contact)s, %(orders)s, own_transfer AS (
                SELECT o.partner_id, k.id
                  FROM customer_order o
                  JOIN stock_picking k ON k.sale_id = o.id
             UNION ALL
                SELECT c.partner_id, k.id
                  FROM contact c
                  JOIN stock_picking k ON k.partner_id = c.id
                 WHERE k.sale_id IS NULL AND k.customer_moved_from_id IS NULL
             UNION ALL
                SELECT c.partner_id, k.id
                  FROM contact c
                  JOIN stock_picking k ON k.customer_moved_from_id = c.id
                 WHERE k.sale_id IS NULL
            ), transfer AS (
                SELECT o.partner_id, k.id, k.location_id, k.location_dest_id, k.date_done
                  FROM own_transfer o
                  JOIN stock_picking k ON k.id = o.id
                 WHERE k.state = 'done' AND %(companies)s
            )""",
            contact=self._get_contact_sql(scope),
            orders=self._get_customer_order_sql(scope),
            companies=scope.where_company(SQL("k.company_id")),
        )

    @api.model
    def _get_transfer_facts_sql(self, scope: Scope) -> SQL:
        """Number of deliveries to, and returns from, the customer."""
        return SQL(
            """WITH %(transfer)s, flow AS (
                SELECT t.partner_id,
                       dest.usage = 'customer' AND src.usage <> 'customer' AS is_delivery,
                       src.usage = 'customer' AND dest.usage <> 'customer' AS is_return,
                       %(day)s > %(year)s AS in_year
                  FROM transfer t
                  JOIN stock_location src ON src.id = t.location_id
                  JOIN stock_location dest ON dest.id = t.location_dest_id
                 WHERE %(day)s <= %(today)s
                   AND (src.usage = 'customer') <> (dest.usage = 'customer')
            )
            SELECT partner_id,
                   COUNT(*) FILTER (WHERE is_delivery) AS delivery_count_total,
                   COUNT(*) FILTER (WHERE is_delivery AND in_year) AS delivery_count_365,
                   COUNT(*) FILTER (WHERE is_return) AS return_count_total,
                   COUNT(*) FILTER (WHERE is_return AND in_year) AS return_count_365
              FROM flow
          GROUP BY partner_id""",
            transfer=self._get_customer_transfer_sql(scope),
            day=scope.local_day(SQL("t.date_done")),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_ordered_sql(self, scope: Scope) -> SQL:
        """CTE ``ordered``: confirmed order lines of storable products, in the product's unit."""
        return SQL(
            """ordered AS (
                SELECT c.partner_id, l.id AS line_id, l.product_id,
                       l.product_uom_qty * lu.factor / pu.factor AS quantity,
                       pu.factor AS product_factor
                  FROM customer_order c
                  JOIN sale_order so ON so.id = c.id
                  JOIN sale_order_line l ON l.order_id = so.id
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                  JOIN uom_uom lu ON lu.id = l.product_uom_id
                  JOIN uom_uom pu ON pu.id = t.uom_id
                 WHERE so.state = 'sale'
                   AND t.is_storable AND l.product_uom_qty > 0 AND l.display_type IS NULL
            )"""
        )

    @api.model
    def _get_arrival_sql(self, scope: Scope) -> SQL:
        """CTE ``arrival``: shipments of the order lines, with what had arrived by each day.

        The promise is the earliest ``date_deadline`` of the moves that bring the line to the
        customer. The picking's own flags are not used: backorders shrink their demand and
        ``has_deadline_issue`` ignores the date of the delivery. Moves of other products on
        the same line are parts of a kit, not what was ordered.
        """
        return SQL(
            """shipment AS (
                SELECT o.line_id, o.quantity AS ordered,
                       %(deadline_day)s AS deadline_day,
                       %(done_day)s AS done_day,
                       m.state = 'done' AND %(done_day)s <= %(today)s AS is_done,
                       m.state NOT IN ('done', 'cancel') AS is_open,
                       m.quantity * mu.factor / o.product_factor AS quantity
                  FROM ordered o
                  JOIN stock_move m ON m.sale_line_id = o.line_id AND m.product_id = o.product_id
                  JOIN uom_uom mu ON mu.id = m.product_uom
                  JOIN stock_location dest ON dest.id = m.location_dest_id
                  JOIN stock_location src ON src.id = m.location_id
                 WHERE dest.usage = 'customer' AND src.usage <> 'customer'
            ), arrival AS (
                SELECT s.*, MIN(deadline_day) OVER (PARTITION BY line_id) AS promise_day,
                       SUM(CASE WHEN is_done THEN quantity ELSE 0 END) OVER (
                           PARTITION BY line_id ORDER BY done_day) AS arrived
                  FROM shipment s
            )""",
            deadline_day=scope.local_day(SQL("m.date_deadline")),
            done_day=scope.local_day(SQL("m.date")),
            today=scope.today,
        )

    @api.model
    def _get_judged_sql(self, scope: Scope, since: date | None = None) -> SQL:
        """CTEs up to ``judged``: the order lines of the last 365 days with their outcome.

        A line is judged once its promise (with the tolerance) is past or everything has arrived.

        :param since: day after which the lines were promised, instead of 365 days ago
        """
        since = since or fields.Date.subtract(scope.today, days=YEAR)
        if scope.staged == "moves":
            return SQL(
                "judged AS (SELECT * FROM customer_work_judged WHERE promise_day > %s)", since
            )
        return SQL(
            """%(contact)s, %(orders)s, %(ordered)s, %(arrival)s, outcome AS (
                SELECT line_id, promise_day,
                       COALESCE(SUM(quantity) FILTER (
                           WHERE is_done AND done_day <= promise_day + %(tolerance)s), 0)
                           >= ordered - 0.000001 AS is_on_time,
                       MIN(done_day) FILTER (
                           WHERE is_done AND arrived >= ordered - 0.000001) AS complete_day,
                       CASE WHEN NOT BOOL_OR(is_open) THEN MAX(done_day) FILTER (WHERE is_done)
                       END AS last_day,
                       BOOL_OR(is_open) AS is_open
                  FROM arrival
                 WHERE promise_day > %(year)s
              GROUP BY line_id, ordered, promise_day
            ), judged AS (
                SELECT o.partner_id, r.line_id, r.is_on_time, r.promise_day,
                       LEAST(promise_day + %(tolerance)s + 1, complete_day) AS judged_day,
                       GREATEST(COALESCE(complete_day, last_day,
                                         CASE WHEN is_open THEN %(today)s ELSE promise_day END)
                                - promise_day, 0) AS days_late
                  FROM outcome r
                  JOIN ordered o ON o.line_id = r.line_id
                 WHERE promise_day + %(tolerance)s < %(today)s OR complete_day IS NOT NULL
            )""",
            contact=self._get_contact_sql(scope),
            orders=self._get_customer_order_sql(scope),
            ordered=self._get_ordered_sql(scope),
            arrival=self._get_arrival_sql(scope),
            tolerance=scope.delivery_tolerance_days,
            today=scope.today,
            year=since,
        )

    @api.model
    def _get_judged_since(self, today):
        """Return the day after which lines were promised that any measure asks for."""
        return fields.Date.subtract(today, days=YEAR)

    @api.model
    def _get_shipped_sql(self, scope: Scope, order_lines: SQL, name="shipped") -> SQL:
        """CTE ``name``: pieces of the product of order lines that left and came back."""
        return SQL(
            """%(name)s AS (
                SELECT s.sale_line_id,
                       COALESCE(SUM((s.quantity * u.factor)::numeric) FILTER (
                           WHERE d.usage = 'customer' AND f.usage <> 'customer'), 0) AS gone,
                       COALESCE(SUM((s.quantity * u.factor)::numeric) FILTER (
                           WHERE f.usage = 'customer' AND d.usage <> 'customer'), 0) AS returned
                  FROM stock_move s
                  JOIN sale_order_line o ON o.id = s.sale_line_id AND o.product_id = s.product_id
                  JOIN stock_location f ON f.id = s.location_id
                  JOIN stock_location d ON d.id = s.location_dest_id
                  JOIN uom_uom u ON u.id = s.product_uom
                 WHERE s.sale_line_id IN (%(order_lines)s) AND s.state = 'done'
                   AND %(day)s <= %(today)s
              GROUP BY s.sale_line_id
            )""",
            name=SQL.identifier(name),
            order_lines=order_lines,
            day=scope.local_day(SQL("s.date")),
            today=scope.today,
        )

    @api.model
    def _get_otif_facts_sql(self, scope: Scope) -> SQL:
        """On time in full per order line of a storable product (0-1), and days late."""
        return SQL(
            """WITH %s
            SELECT partner_id,
                   COUNT(*) AS otif_line_count,
                   COUNT(*) FILTER (WHERE is_on_time) AS otif_on_time_count,
                   ROUND(COUNT(*) FILTER (WHERE is_on_time) / COUNT(*)::numeric, 6)::float8
                       AS otif_ratio,
                   ROUND(AVG(days_late), 6)::float8 AS delivery_days_late
              FROM judged
          GROUP BY partner_id""",
            self._get_judged_sql(scope),
        )

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "delivery_count_total": ("stock.picking", self._get_delivery_domain),
            "delivery_count_365": ("stock.picking", self._get_year_delivery_domain),
            "return_count_total": ("stock.picking", self._get_return_domain),
            "return_count_365": ("stock.picking", self._get_year_return_domain),
            "otif_line_count": ("sale.order.line", self._get_promised_line_domain),
        }

    def _get_transfer_domain(self):
        self.ensure_one()
        return Domain(
            [
                ("state", "=", "done"),
                ("company_id", "child_of", self.company_id.id),
                ("customer_counted_for_id", "=", self.partner_id.id),
            ]
        )

    def _get_delivery_domain(self):
        """Domain of the transfers counted in ``delivery_count_total``."""
        return self._get_transfer_domain() & Domain(
            [("location_dest_id.usage", "=", "customer"), ("location_id.usage", "!=", "customer")]
        )

    def _get_return_domain(self):
        """Domain of the transfers counted in ``return_count_total``."""
        return self._get_transfer_domain() & Domain(
            [("location_id.usage", "=", "customer"), ("location_dest_id.usage", "!=", "customer")]
        )

    def _get_year_delivery_domain(self):
        """Domain of the transfers counted in ``delivery_count_365``."""
        return self._get_delivery_domain() & self._get_year_domain("date_done")

    def _get_year_return_domain(self):
        """Domain of the transfers counted in ``return_count_365``."""
        return self._get_return_domain() & self._get_year_domain("date_done")

    def _get_promised_line_domain(self):
        """Domain of the order lines counted in ``otif_line_count``."""
        self.ensure_one()
        return Domain(
            [
                ("company_id", "child_of", self.company_id.id),
                ("customer_promised_to_id", "=", self.partner_id.id),
            ]
        )
