from odoo import api, fields, models

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableInteger


class SaleOrderLine(models.Model):
    """How an order line counted in *on time in full*: columns of the list behind it."""

    _inherit = "sale.order.line"

    customer_promised_to_id = fields.Many2one(
        string="In the promises to",
        comodel_name="res.partner",
        compute="_compute_customer_promise",
        search="_search_customer_promised_to_id",
        groups=GROUPS_STANDING,
    )
    customer_on_time = NullableInteger(
        string="On time in full",
        compute="_compute_customer_promise",
        groups=GROUPS_STANDING,
        aggregator=None,
        help="1 when the whole quantity had arrived by the promised day.",
    )
    customer_delivery_days_late = NullableInteger(
        string="Days late",
        compute="_compute_customer_promise",
        groups=GROUPS_STANDING,
        aggregator=None,
        help="Days between the promised day and the day on which everything had arrived.",
    )

    @api.depends("qty_delivered", "order_id.customer_counted_for_id", "state")
    def _compute_customer_promise(self):
        profiles = self.env["customer.profile"].sudo()
        rows = profiles._read_documents(
            profiles._get_promised_lines_sql, self, self.order_id.customer_counted_for_id
        )
        for line in self:
            row = rows.get(line.id)
            line.customer_promised_to_id = row and row["partner_id"]
            line.customer_on_time = int(row["is_on_time"]) if row else False
            line.customer_delivery_days_late = row["days_late"] if row else False

    @api.model
    def _search_customer_promised_to_id(self, operator, value):
        self._check_field_access(self._fields["customer_promised_to_id"], "read")
        profiles = self.env["customer.profile"]
        return profiles._search_documents(profiles._get_promised_lines_sql, operator, value)
