from odoo import models

from . import reader_text as reader


class AccountMove(models.Model):
    """What an invoice says about the tier its customer held that day, if the company wants it."""

    _inherit = "account.move"

    def _get_tier_text(self):
        """Return nothing where the company prints nothing about tiers."""
        is_wanted = self.company_id.sudo().customer_tier_on_invoices != "nothing"
        return super()._get_tier_text() if is_wanted else ""

    def _get_printed_tier(self):
        """Return the tier for the block on the invoice: ``name``, ``since``, ``text``; or nothing.

        Nothing on vendor bills and entries, without a tier that day, and without the setting.
        """
        self.ensure_one()
        company = self.company_id.sudo()  # whoever prints the invoice
        if company.customer_tier_on_invoices != "block" or not self.is_sale_document(True):
            return {}
        changes = self.env["customer.tier.change"]
        change = changes._get_change_on(self.commercial_partner_id, company, self.invoice_date)
        if not change:
            return {}
        return {
            "name": change.new_tier_id.name,
            "since": self.env._(
                "Your tier since %(day)s.", day=reader.write_date(self.env, change._get_since())
            ),
            "text": change.new_tier_id.benefit_text or "",
        }
