from odoo import models

SALES = ("out_invoice", "out_receipt")


class CustomerPlayMember(models.Model):
    """Who leaves a play before its next step: asked anew each time, for many at once."""

    _inherit = "customer.play.member"

    def _leave_where_due(self):
        """Let those of one play go for whom its reason is gone; return who stays."""
        active = self.filtered(lambda member: member.state == "active")
        if not active:
            return active
        play = active.play_id
        play.ensure_one()
        reasons = {}
        for reason, find in (
            ("archived", self._find_archived),
            ("opted_out", self._find_opted_out),
            ("complained", self._find_complained),
            (*play._get_success_finder(),),
        ):
            for customer in find(play, active.partner_id):
                reasons.setdefault(customer, reason)
        leaving = active.filtered(lambda member: member.partner_id in reasons)
        for reason, members in leaving.grouped(lambda m: reasons[m.partner_id]).items():
            members._leave(reason)
        return active - leaving

    def _find_archived(self, play, customers):
        return customers.filtered(lambda customer: not customer.active)

    def _find_opted_out(self, play, customers):
        """Return who opted out, of whatever channel, since the play began."""
        rows = self.env["customer.play.optout"].sudo()
        domain = [("customer_id", "in", customers.ids), ("date", ">=", play.started_on)]
        return rows.search(domain).customer_id

    def _find_complained(self, play, customers):
        """Return who complained since the play began."""
        complaints = self.env["customer.complaint"].sudo().with_context(active_test=False)
        return complaints.search(
            [
                ("customer_id", "in", customers.ids),
                ("company_id", "in", play.company_id._get_counted_companies().ids),
                ("open_date", ">=", play.started_on),
            ]
        ).customer_id

    def _find_buyers(self, play, customers):
        """Return who ordered or was invoiced since the play began.

        Invoices have a day only: those of the day of the start are from before.
        """
        companies = play.company_id._get_counted_companies().ids
        invoices = self.env["account.move"].sudo()._read_group(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("company_id", "in", companies),
                ("state", "=", "posted"),
                ("move_type", "in", SALES),
                ("invoice_date", ">", play.start_date),
                ("amount_untaxed_signed", ">", 0),
            ],
            ["commercial_partner_id"],
        )
        orders = self.env["sale.order"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("company_id", "in", companies),
                ("state", "=", "sale"),
                ("date_order", ">=", play.started_on),
            ],
            ["partner_id"],
        )
        buyers = self.env["res.partner"].union(*(partner for (partner,) in invoices))
        return buyers.union(*(partner.commercial_partner_id for (partner,) in orders))

    def _find_payers(self, play, customers):
        """Return who owes nothing that is overdue any more."""
        profiles = self.env["customer.profile"].sudo()
        owing = profiles.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", play.company_id.id),
                ("overdue_amount", ">", 0),
            ]
        )
        return customers - owing.partner_id
