from odoo import api, fields, models


class CustomerContactMixin(models.AbstractModel):
    """A record about a contact, and so about a customer: the commercial partner of the contact.

    As it was when the contact was entered: whoever changes employer leaves the history behind.
    """

    _name = "customer.contact.mixin"
    _description = "Record of a Contact and Customer"

    partner_id = fields.Many2one(string="Contact", comodel_name="res.partner")
    customer_origin_id = fields.Many2one(
        string="Customer when entered",
        comodel_name="res.partner",
        compute="_compute_customer_origin_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="The commercial partner of the contact when it was entered; if that has become "
        "part of another customer since, that customer.",
    )

    @api.depends("partner_id")
    def _compute_customer_origin_id(self):
        for record in self:
            record.customer_origin_id = record.partner_id.commercial_partner_id

    @api.depends("customer_origin_id.commercial_partner_id")
    def _compute_customer_id(self):
        for record in self:
            record.customer_id = record.customer_origin_id.commercial_partner_id
