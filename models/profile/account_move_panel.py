from odoo import api, fields, models

from ..base.access import GROUPS_STANDING

CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    """What accounting sees of the customer on an invoice, credit note or receipt."""

    _inherit = "account.move"

    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )

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
