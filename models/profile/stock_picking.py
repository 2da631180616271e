from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_EMPLOYEES


class StockPicking(models.Model):
    """Whose a transfer is, in the numbers of customers and in the lists behind them."""

    _inherit = "stock.picking"
    _guarded_fields = frozenset({"customer_moved_from_id"})

    customer_moved_from_id = fields.Many2one(
        string="Customer when done",
        comodel_name="res.partner",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups=GROUPS_EMPLOYEES,
        help="Set when the address has moved to another customer since then.",
    )
    customer_counted_for_id = fields.Many2one(
        string="Counted for",
        comodel_name="res.partner",
        compute="_compute_customer_counted_for_id",
        search="_search_customer_counted_for_id",
        compute_sudo=True,
        groups=GROUPS_EMPLOYEES,
        help="The customer of the sales order; without one, of the address when it was done.",
    )

    @api.depends(
        "sale_id.customer_counted_for_id",
        "partner_id.commercial_partner_id",
        "customer_moved_from_id.commercial_partner_id",
    )
    def _compute_customer_counted_for_id(self):
        for picking in self:
            own = picking.customer_moved_from_id or picking.partner_id
            picking.customer_counted_for_id = (
                picking.sale_id.customer_counted_for_id or own.commercial_partner_id
            )

    def _get_customers(self):
        """Return the customers a transfer is counted for, was ordered by or went to."""
        received = self.customer_moved_from_id or self.partner_id
        ordered = self.sale_id._get_customers()
        return self.customer_counted_for_id | ordered | received.commercial_partner_id

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse whose a transfer was from outside."""
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Forget whose the transfer was when it goes to somebody else."""
        self._check_guarded(vals)
        if "partner_id" in vals:
            vals = vals | {"customer_moved_from_id": False}
        return super().write(vals)

    @api.model
    def _search_customer_counted_for_id(self, operator, value):
        self._check_field_access(self._fields["customer_counted_for_id"], "read")
        return self.env["customer.profile"]._search_whose(
            SQL("SELECT id FROM own_transfer"), operator, value
        )
