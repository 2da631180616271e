from odoo import models


class ResPartner(models.Model):
    """The cards of a customer with points from paid invoices, for what is told to customers."""

    _inherit = "res.partner"

    def _get_points_cards_of(self, company=None):
        """Return the customer's cards in switched-on programs: those a company's invoices earn in.

        :param company: ``None``: those of all companies
        """
        customer = self.commercial_partner_id
        domain = [
            ("partner_id", "=", customer.id),
            ("program_id.customer_points", "=", True),
            ("program_id.active", "=", True),
        ]
        if company:
            domain.append(("program_id.company_id", "in", company.parent_ids.ids))
        cards = self.env["loyalty.card"].sudo().search(domain, order="id") if customer else None
        cards = cards or self.env["loyalty.card"]
        if not company:
            return cards
        nearest = cards.sorted(lambda card: len(card.program_id.company_id.parent_ids))
        return nearest[-1:]
