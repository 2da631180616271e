from odoo import models
from odoo.tools import SQL


class ProductProduct(models.Model):
    """Products that become, or cease to be, a means of payment change what was bought."""

    _inherit = "product.product"

    def _get_buyer_pairs(self):
        """Return (customer id, company id) of posted sale documents with these products."""
        if not self.ids:
            return set()
        self.env["account.move.line"].flush_model(["product_id", "move_id"])
        self.env["account.move"].flush_model(["state", "move_type", "commercial_partner_id"])
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT p.commercial_partner_id, m.company_id
                         FROM account_move_line l
                         JOIN account_move m ON m.id = l.move_id
                         JOIN res_partner p ON p.id = m.commercial_partner_id
                        WHERE l.product_id = ANY(%s) AND l.display_type = 'product'
                          AND m.state = 'posted'
                          AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
                    self.ids,
                )
            )
        )
