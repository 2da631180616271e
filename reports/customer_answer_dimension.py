from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.folded_text import FoldedChar
from ..models.satisfaction.customer_profile import NOT_ASKED, SATISFACTION_STATES


class CustomerAnswerDimensionMixin(models.AbstractModel):
    """By what answers are analysed: customer, person, document, warehouse, carrier, tier."""

    _name = "customer.answer.dimension.mixin"
    _inherit = "customer.date.bounds.mixin"
    _description = "Dimensions of Answers"

    feedback_id = fields.Many2one(
        string="Answer",
        comodel_name="customer.feedback",
        readonly=True,
        aggregator="count_distinct",
    )
    category_ids = fields.Many2many(related="feedback_id.category_ids")
    date = fields.Datetime(readonly=True)
    customer_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, aggregator="count_distinct"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(string="Our person", comodel_name="res.users", readonly=True)
    salesperson_id = fields.Many2one(
        comodel_name="res.users", readonly=True, help="Of the customer, as of today."
    )
    tier_id = fields.Many2one(
        comodel_name="customer.tier", readonly=True, help="Of the customer, as of today."
    )
    satisfaction_state = fields.Selection(
        selection=SATISFACTION_STATES,
        string="State of satisfaction",
        readonly=True,
        falsy_value_label=NOT_ASKED,
        help="Of the customer, as of today.",
    )
    warehouse_id = fields.Many2one(comodel_name="stock.warehouse", readonly=True)
    carrier = FoldedChar(readonly=True, help="Empty where no carrier is chosen on deliveries.")

    @api.model
    def _get_dimension_columns(self):
        """Return the columns of the dimensions, of the tables of ``_get_dimension_tables``."""
        return SQL(
            """f.id AS feedback_id, f.date, c.commercial_partner_id AS customer_id, f.company_id,
               f.user_id, customer.user_id AS salesperson_id, profile.tier_id,
               profile.satisfaction_state,
               COALESCE(operation.warehouse_id, so.warehouse_id) AS warehouse_id,
               %s AS carrier""",
            self._get_carrier_column(),
        )

    @api.model
    def _get_dimension_tables(self):
        """Return the tables behind ``customer_feedback f``: what was judged, and for whom.

        An invoice or a complaint leads to the order or delivery it came from.
        """
        return SQL(
            """JOIN res_partner c ON c.id = f.partner_id
               JOIN res_partner customer ON customer.id = c.commercial_partner_id
          LEFT JOIN customer_profile profile ON profile.partner_id = c.commercial_partner_id
                                            AND profile.company_id = f.company_id
          LEFT JOIN customer_complaint complaint ON f.res_model = 'customer.complaint'
                                                AND complaint.id = f.res_id
          LEFT JOIN stock_picking picking
                 ON picking.id = CASE WHEN f.res_model = 'stock.picking' THEN f.res_id
                                      ELSE complaint.picking_id END
          LEFT JOIN stock_picking_type operation ON operation.id = picking.picking_type_id
          LEFT JOIN LATERAL (
                    SELECT MIN(ordered.order_id) AS order_id
                      FROM account_move_line billed
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = billed.id
                      JOIN sale_order_line ordered ON ordered.id = rel.order_line_id
                     WHERE f.res_model = 'account.move' AND billed.move_id = f.res_id
                    ) invoiced ON TRUE
          LEFT JOIN sale_order so
                 ON so.id = CASE WHEN f.res_model = 'sale.order' THEN f.res_id
                                 ELSE COALESCE(picking.sale_id, invoiced.order_id) END
          %s""",
            self._get_carrier_table(),
        )

    @api.model
    def _has_carriers(self):
        """Tell whether the app *Delivery* is there, which knows carriers."""
        return "carrier_id" in self.env["stock.picking"]._fields

    @api.model
    def _get_carrier_table(self):
        if not self._has_carriers():
            return SQL("")
        return SQL(
            "LEFT JOIN delivery_carrier carrier"
            " ON carrier.id = COALESCE(picking.carrier_id, so.carrier_id)"
        )

    @api.model
    def _get_carrier_column(self):
        if not self._has_carriers():
            return SQL("NULL::varchar")
        return SQL("COALESCE(carrier.name->>%s, carrier.name->>'en_US')", self.env.lang or "en_US")
