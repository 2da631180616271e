from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerComplaintResolution(models.Model):
    """A return of what was delivered: Odoo's own return of the delivery."""

    _inherit = "customer.complaint.resolution"

    picking_id = fields.Many2one(
        string="Delivery",
        comodel_name="stock.picking",
        compute="_compute_picking_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'done'),"
        " '|', ('customer_counted_for_id', '=', customer_id),"
        " '&', ('customer_moved_from_id', '=', False),"
        " ('partner_id.commercial_partner_id', '=', customer_id)]",
    )

    @api.depends("complaint_id", "kind")
    def _compute_picking_id(self):
        for resolution in self:
            complaint = resolution.complaint_id
            if resolution.kind == "return" and complaint and not resolution.picking_id:
                resolution.picking_id = complaint._get_origin_pickings()[:1]

    def _get_price_currency_return(self):
        return self.picking_id.sale_id.currency_id or self._get_price_currency()

    def _propose_lines_return(self):
        """Propose what was delivered and has not come back yet, at the price of the order."""
        complaint = self.complaint_id.sudo()
        lines = []
        for move in self.sudo().picking_id.move_ids:
            left = self._get_returnable(move)
            sold = move.sale_line_id
            price = sold and sold.product_uom_id._compute_price(sold.price_unit, move.product_uom)
            if move.state == "done" and left > 0:
                lines.append(
                    {
                        "move_id": move.id,
                        "product_id": move.product_id.id,
                        "name": move.product_id.display_name,
                        "quantity": left if complaint._is_about(move) else 0,
                        "price_unit": price or move.product_id.list_price,
                        "discount": sold.discount,
                    }
                )
        return lines

    @api.model
    def _get_returnable(self, move):
        """Return the quantity delivered less what has come back or is on its way."""
        returned = move.returned_move_ids.filtered(lambda m: m.state != "cancel")
        return move.quantity - sum(
            m.quantity if m.state == "done" else m.product_uom_qty for m in returned
        )

    def _check_return(self):
        self._check()
        if not self.sudo().picking_id:
            raise UserError(
                self.env._("Choose the delivery that comes back; it has to be done already.")
            )
        customers = self.complaint_id.sudo().customer_id
        picking = self.sudo().picking_id
        if customers not in picking._get_customers():
            raise UserError(self.env._("This is a delivery of another customer: choose another."))
        for line in self.sudo().line_ids:
            left = self._get_returnable(line.move_id) if line.move_id else 0
            if line.quantity > left or (line.move_id and line.move_id.picking_id != picking):
                raise UserError(
                    self.env._(
                        "Only %(quantity)g of %(product)s can come back: enter less.",
                        quantity=left,
                        product=line.product_id.display_name,
                    )
                )

    def _may_make_return(self):
        return self.env["stock.return.picking"].has_access("create")

    def _make_return(self):
        """Create the return with the rights of the user; it is received like any other."""
        wizard = (
            self.env["stock.return.picking"]
            .with_company(self.company_id)
            .with_context(active_model="stock.picking", active_id=self.picking_id.id)
            .create({"picking_id": self.picking_id.id})
        )
        wanted = {line.move_id: line.quantity for line in self.line_ids}
        for line in wizard.product_return_moves:
            line.quantity = wanted.get(line.move_id, 0)
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
