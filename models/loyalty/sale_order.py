from odoo import fields, models


class SaleOrder(models.Model):
    """The text of a tier is printed on the quotations of the customers who held it that day."""

    _inherit = "sale.order"

    def _get_tier_text(self):
        """Return the text the customer's tier prints on this document, else an empty one."""
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.date_order).date()
        changes = self.env["customer.tier.change"]
        return changes._get_text_on(self.partner_id.commercial_partner_id, self.company_id, day)
