from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.access import GROUPS_STANDING
from ..calendar.reader_number import write_money
from ..guard.plural import count_lines


class AccountMove(models.Model):
    """The text of a tier is printed on the invoices of the customers who held it that day.

    Prices of the tier are proposed on draft invoices without an order, and taken on a button only.
    """

    _inherit = "account.move"

    customer_tier_price_text = fields.Char(
        string="Prices of the tier",
        compute="_compute_customer_tier_price_text",
        groups=GROUPS_STANDING,
    )

    def _get_tier_text(self):
        """Return the text the customer's tier prints on this document, else an empty one."""
        self.ensure_one()
        changes = self.env["customer.tier.change"]
        return changes._get_text_on(self.commercial_partner_id, self.company_id, self.invoice_date)

    @api.depends(
        *("state", "move_type", "partner_id", "invoice_date", "currency_id"),
        *("invoice_line_ids.price_unit", "invoice_line_ids.quantity", "invoice_line_ids.discount"),
        *("invoice_line_ids.product_id", "invoice_line_ids.product_uom_id"),
    )
    def _compute_customer_tier_price_text(self):
        for move in self:
            tier, prices = move._get_tier_prices()
            if not prices:
                move.customer_tier_price_text = False
                continue
            saved = sum(
                (line._get_discounted_price() - price) * line.quantity
                for line, price in prices.items()
            )
            move.customer_tier_price_text = self.env._(
                "%(tier)s prices are lower on %(lines)s, by %(amount)s before taxes.",
                tier=tier.name,
                lines=count_lines(self.env, len(prices)),
                amount=write_money(self.env, saved, move.currency_id),
            )

    def _get_tier_prices(self):
        """Return (tier, {line: lower price of the tier}) of a draft invoice without an order.

        Lower than the price less the discount of the line, in place of which it comes.

        Only where the customer has the pricelist by the tier: what a salesperson chose stands.
        """
        self.ensure_one()
        tier = self.env["customer.tier"]
        is_open = self.state == "draft" and self.move_type in ("out_invoice", "out_receipt")
        if not is_open or not self.company_id.sudo().customer_tier_invoice_prices:
            return tier, {}
        customer = self.partner_id.commercial_partner_id
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("partner_id", "=", customer.id), ("company_id", "=", self.company_id.id)]
        domain += [("kind", "=", "pricelist"), ("state", "=", "granted")]
        grant = grants.search(domain, limit=1)
        current = customer.sudo().with_company(self.company_id).specific_property_product_pricelist
        if not grant or current.id != grant.new_value:
            return tier, {}
        lines = self.invoice_line_ids.filtered(lambda line: line._is_priced_by_tier())
        prices = {line: line._get_tier_price(current) for line in lines}
        return grant.tier_id, {
            line: price
            for line, price in prices.items()
            if self.currency_id.compare_amounts(price, line._get_discounted_price()) < 0
        }

    def action_apply_tier_prices(self):
        """Take the lower prices of the customer's tier, and note it. Public: button.

        :raise AccessError: for users who may not change the invoice
        :raise UserError: when there is none to take
        """
        self.ensure_one()
        self.check_access("write")
        tier, prices = self._get_tier_prices()
        if not prices:
            raise UserError(
                self.env._("No price of the tier is lower: the invoice stays as it is.")
            )
        for line, price in prices.items():
            line.write({"price_unit": price, "discount": 0})
        self.message_post(
            body=self.env._(
                "%(tier)s prices taken for %(lines)s.",
                tier=tier.name,
                lines=count_lines(self.env, len(prices)),
            )
        )
        return True
