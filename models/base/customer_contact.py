from odoo import api, fields, models


class CustomerContactMixin(models.AbstractModel):
    """A record about a contact, and so about a customer: the commercial partner of the contact."""

    _name = "customer.contact.mixin"
    _description = "Record of a Contact and Customer"

    partner_id = fields.Many2one(comodel_name="res.partner")
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="The commercial partner of the contact.",
    )

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for record in self:
            record.customer_id = record.partner_id.commercial_partner_id
