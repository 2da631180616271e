from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE, GROUPS_STANDING
from ..base.nullable import NullableFloat

# field -> method of the profile with the documents that were counted for that customer
SETS = {
    "customer_purchase_of_id": "_get_purchase_documents_sql",
    "customer_paid_by_id": "_get_paid_documents_sql",
    "customer_settled_by_id": "_get_settled_documents_sql",
    "customer_billed_to_id": "_get_billed_documents_sql",
}
CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    """How an invoice counted in the numbers of its customer: columns of the lists behind them.

    What accounting sees of the customer on an invoice, credit note or receipt.
    """

    _inherit = "account.move"

    customer_purchase_of_id = fields.Many2one(
        string="In the purchase days of",
        comodel_name="res.partner",
        compute="_compute_customer_sets",
        search="_search_customer_purchase_of_id",
        groups=GROUPS_REVENUE,
    )
    customer_paid_by_id = fields.Many2one(
        string="In the days late of",
        comodel_name="res.partner",
        compute="_compute_customer_sets",
        search="_search_customer_paid_by_id",
        groups=GROUPS_REVENUE,
    )
    customer_settled_by_id = fields.Many2one(
        string="In the paid invoices of",
        comodel_name="res.partner",
        compute="_compute_customer_sets",
        search="_search_customer_settled_by_id",
        groups=GROUPS_REVENUE,
    )
    customer_billed_to_id = fields.Many2one(
        string="In the paid share of",
        comodel_name="res.partner",
        compute="_compute_customer_sets",
        search="_search_customer_billed_to_id",
        groups=GROUPS_REVENUE,
    )
    customer_days_late = NullableFloat(
        string="Days late",
        compute="_compute_customer_sets",
        groups=GROUPS_REVENUE,
        aggregator=None,
        digits=(16, 1),
        help="Of the money that came in the last 365 days, against the instalments it paid; "
        "negative when paid early.",
    )
    customer_paid_amount_365 = fields.Monetary(
        string="Paid, last 365 days",
        compute="_compute_customer_sets",
        currency_field="company_currency_id",
        groups=GROUPS_REVENUE,
    )
    customer_late_amount_days = fields.Float(
        string="Amount x days late",
        compute="_compute_customer_sets",
        groups=GROUPS_REVENUE,
        digits=(16, 2),
        help="The sum of this column divided by the sum of what was paid is the mean of days late.",
    )
    customer_paid_amount = fields.Monetary(
        string="Paid",
        compute="_compute_customer_sets",
        currency_field="company_currency_id",
        groups=GROUPS_REVENUE,
        help="With money, in company currency.",
    )
    customer_owed_amount = fields.Monetary(
        string="To be paid",
        compute="_compute_customer_sets",
        currency_field="company_currency_id",
        groups=GROUPS_REVENUE,
        help="Paid, written off or still open: the total less credit notes and cash discounts.",
    )
    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )

    def _get_customers(self):
        """Return the customers of documents."""
        return self.commercial_partner_id.commercial_partner_id

    @api.depends("commercial_partner_id", "state", "amount_residual_signed", "invoice_date_due")
    def _compute_customer_sets(self):
        profiles = self.env["customer.profile"].sudo()
        partners = self.commercial_partner_id.commercial_partner_id
        found = {
            name: profiles._read_documents(getattr(profiles, method), self, partners)
            for name, method in SETS.items()
        }
        for move in self:
            for name, rows in found.items():
                move[name] = rows.get(move.id, {}).get("partner_id")
            paid = found["customer_paid_by_id"].get(move.id, {})
            amount, late = paid.get("money_365") or 0, paid.get("late_365") or 0
            move.customer_days_late = late / amount if amount else False
            move.customer_paid_amount_365 = amount
            move.customer_late_amount_days = late
            billed = found["customer_billed_to_id"].get(move.id, {})
            move.customer_paid_amount = billed.get("money", 0)
            move.customer_owed_amount = billed.get("owed", 0)

    @api.model
    def _search_customer_purchase_of_id(self, operator, value):
        return self._search_customer_set("customer_purchase_of_id", operator, value)

    @api.model
    def _search_customer_paid_by_id(self, operator, value):
        return self._search_customer_set("customer_paid_by_id", operator, value)

    @api.model
    def _search_customer_settled_by_id(self, operator, value):
        return self._search_customer_set("customer_settled_by_id", operator, value)

    @api.model
    def _search_customer_billed_to_id(self, operator, value):
        return self._search_customer_set("customer_billed_to_id", operator, value)

    @api.model
    def _search_customer_set(self, name, operator, value):
        self._check_field_access(self._fields[name], "read")
        profiles = self.env["customer.profile"]
        return profiles._search_documents(getattr(profiles, SETS[name]), operator, value)

    @api.depends("commercial_partner_id.commercial_partner_id", "company_id", "move_type")
    def _compute_customer_profile_id(self):
        documents = self.filtered(lambda move: move.move_type in CUSTOMER_DOCUMENTS)
        (self - documents).customer_profile_id = False
        profiles = self.env["customer.profile"]._find_profiles(
            documents, lambda move: move.commercial_partner_id.commercial_partner_id
        )
        for move, profile in profiles.items():
            move.customer_profile_id = profile

    # Not on our own field: uninstalling it would take Odoo's field along.
    @api.depends("commercial_partner_id", "company_id")
    def _compute_alerts(self):
        return super()._compute_alerts()

    def _get_alerts(self):
        """Add what accounting should know about the customer, as far as the user may see it."""
        alerts = super()._get_alerts()
        if not self._has_field_access(self._fields["customer_profile_id"], "read"):
            return alerts
        return alerts | self.customer_profile_id._get_document_alerts()
