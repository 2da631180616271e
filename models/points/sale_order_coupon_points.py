from odoo import api, models


class SaleOrderCouponPoints(models.Model):
    """What an order gives to a card: nothing where points come from paid invoices."""

    _inherit = "sale.order.coupon.points"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_points_given()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self._check_points_given()
        return result

    def _check_points_given(self):
        """Refuse points that somebody has an order give.

        :raise UserError: for cards whose points come from paid invoices
        """
        if self.filtered("points").coupon_id._filter_points():
            self.env["loyalty.card"]._check_points_way()
