from odoo import api, models

from ..profile.sale_order import QUOTATION_STATES

# Confirmed orders and finished transfers keep the customer they had: model -> domain.
FINAL_DOCUMENTS = {
    "sale.order": [("state", "not in", QUOTATION_STATES)],
    "stock.picking": [("state", "=", "done"), ("sale_id", "=", False)],
}


class ResPartner(models.Model):
    """A contact that becomes part of another customer queues both, and leaves what is past."""

    _inherit = "res.partner"

    def write(self, vals):
        """Queue the old and the new customer when a contact moves to another company."""
        if {"parent_id", "is_company", "company_id"}.isdisjoint(vals):
            return super().write(vals)
        is_move = "parent_id" in vals
        before = self._get_customers_below()
        result = super().write(vals)
        moved = {
            contact: customer
            for contact, customer in before.items()
            if contact.commercial_partner_id != customer
        }
        after = self.union(*before).sudo().commercial_partner_id
        self._queue_everywhere(after.union(*before.values()).ids)
        if moved:
            self._keep_history(moved)
        if is_move:
            self._follow_bookings()
        return result

    def unlink(self):
        """Contacts of a deleted company are customers of their own."""
        left = self.sudo().with_context(active_test=False).child_ids - self
        result = super().unlink()
        if left:
            self._queue_everywhere(left.ids)
        return result

    def _get_customers_below(self):
        """Return contact -> customer of the contacts and everybody below them."""
        contacts = self.sudo().with_context(active_test=False)
        contacts = contacts.search([("id", "child_of", self.ids)])
        return {contact: contact.commercial_partner_id for contact in contacts}

    @api.model
    def _keep_history(self, moved):
        """Note on what is final, and tells no customer itself, whose it was before a move.

        Invoices store their customer. Of orders and transfers, only those whose contact moves
        are written to: nothing has to be stored for all the others.

        :param moved: contact -> customer before
        """
        customers = self.browse().union(*moved.values())
        for customer in customers:
            contacts = [contact.id for contact, before in moved.items() if before == customer]
            for model, is_final in FINAL_DOCUMENTS.items():
                unmarked = [("partner_id", "in", contacts), ("customer_moved_from_id", "=", False)]
                documents = self.env[model].sudo().search([*unmarked, *is_final])
                documents.customer_moved_from_id = customer

    def _follow_bookings(self):
        """Give what these contacts had as customers of their own to the company they are below.

        Odoo does so with the invoices and entries of a contact who is put below a company: they
        stay there for good, even when the contact moves on.
        """
        below = self.sudo().filtered(lambda contact: contact.commercial_partner_id != contact)
        if not below:
            return
        own = [("partner_id", "in", below.ids)]
        for model in FINAL_DOCUMENTS:
            documents = (
                self.env[model].sudo().search([*own, ("customer_moved_from_id", "in", below.ids)])
            )
            documents.filtered(
                lambda document: document.customer_moved_from_id == document.partner_id
            ).customer_moved_from_id = False
        mixin = "customer.contact.mixin"
        for model in self.env.registry.descendants([mixin], "_inherit") - {mixin}:
            records = self.env[model].sudo().with_context(active_test=False)
            for record in records.search([*own, ("customer_origin_id", "in", below.ids)]):
                if record.customer_origin_id == record.partner_id:
                    record.customer_origin_id = record.partner_id.commercial_partner_id

    @api.model
    def _queue_everywhere(self, partner_ids):
        """Queue customers for every company; where they have no documents nothing happens."""
        companies = self.env["res.company"].sudo().search([])
        pairs = {(partner, company) for partner in partner_ids for company in companies.ids}
        self.env["customer.refresh.queue"]._enqueue(pairs, "contact")
