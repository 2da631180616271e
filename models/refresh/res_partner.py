from odoo import api, models


class ResPartner(models.Model):
    """A contact that becomes part of another customer queues both customers."""

    _inherit = "res.partner"

    def write(self, vals):
        """Queue the old and the new customer when a contact moves to another company."""
        if {"parent_id", "is_company", "company_id"}.isdisjoint(vals):
            return super().write(vals)
        before = set(self.sudo().commercial_partner_id.ids)
        result = super().write(vals)
        self._queue_everywhere(before | set(self.sudo().commercial_partner_id.ids))
        return result

    @api.model
    def _queue_everywhere(self, partner_ids):
        """Queue customers for every company; where they have no documents nothing happens."""
        companies = self.env["res.company"].sudo().search([])
        pairs = {(partner, company) for partner in partner_ids for company in companies.ids}
        self.env["customer.refresh.queue"]._enqueue(pairs, "contact")
