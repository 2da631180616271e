from odoo import fields, models

from ..base.access import USER


class ResPartner(models.Model):
    """A contact that leaves a customer, or is copied from one, leaves the benefits behind."""

    _inherit = "res.partner"

    customer_tier_mail_optout = fields.Boolean(
        string="No mails about the tier",
        groups=USER,
        help="Chosen on the portal or here; other mails are not affected.",
    )

    def _find_loyalty_mail_refusing(self):
        """Return those no mail about tiers, gifts or points may go to; later rooms add to it."""
        emails = [email for email in self.mapped("email_normalized") if email]
        blocked = self.env["mail.blacklist"].sudo().search([("email", "in", emails)])
        refused = {*blocked.mapped("email")}
        return self.filtered(lambda one: one.email_normalized in refused)

    def _find_tier_mail_refusing(self):
        """Return those no mail about their tier, or a gift of it, may go to."""
        refusing = self._find_loyalty_mail_refusing()
        return refusing | self.filtered("customer_tier_mail_optout")

    def write(self, vals):
        """Take the benefits of a customer from contacts that become customers of their own."""
        if {"parent_id", "is_company"}.isdisjoint(vals):
            return super().write(vals)
        before = self._get_customers_below()
        result = super().write(vals)
        former = {
            contact.id: customer.id
            for contact, customer in before.items()
            if customer != contact and contact.commercial_partner_id == contact
        }
        if former:
            self.env["customer.tier"]._shed_benefits(former)
        return result

    def copy(self, default=None):
        """Copy contacts without what their tier gave them."""
        copies = super().copy(default)
        former = {
            copied.id: source.sudo().commercial_partner_id.id
            for source, copied in zip(self, copies, strict=True)
        }
        self.env["customer.tier"]._shed_benefits(former)
        return copies
