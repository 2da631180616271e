from odoo import api, fields, models

from .mass_mailing import find_optouts

# What a customer notices; an opportunity or a coupon alone disturbs nobody.
CHANNELS = [
    ("activity", "Call by the salesperson"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("letter", "Letter"),
    ("fax", "Fax"),
]


class CustomerPlayOptout(models.Model):
    """Who does not want to hear of plays, by which way; asked at the moment of each step."""

    _name = "customer.play.optout"
    _description = "Opted Out of Plays"
    _contact_history = ("partner_id",)
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        index=True,
    )
    channel = fields.Selection(selection=CHANNELS, required=True, readonly=True)
    address = fields.Char(readonly=True, index="btree_not_null")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        string="Noted by",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Empty: the customer, by the link in a message.",
    )

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for row in self:
            row.customer_id = row.partner_id.commercial_partner_id

    @api.model
    def _note(self, partners, channel, user=None, address=None):
        """Note that contacts want nothing more by a way.

        :param address: where the message went that they answered, if that is known
        """
        addresses = partners._get_outreach_addresses(channel)
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "channel": channel,
                    "address": address or addresses[partner],
                    "user_id": user.id if user else False,
                }
                for partner in partners
            ]
        )

    @api.model
    def _find_customers(self, channel, customers):
        """Return those of some customers who opted out of a way."""
        rows = self.sudo()
        domain = [("customer_id", "in", customers.ids), ("channel", "=", channel)]
        return rows.search(domain).customer_id

    @api.model
    def _find_addresses(self, addresses, channel="email"):
        """Return those of some normalised addresses or numbers nothing is to be sent to.

        Whoever has them now: they may have been somebody else's when that was said. Mail addresses
        that left a mailing list are among them.
        """
        rows = self.sudo()
        domain = [("channel", "=", channel), ("address", "in", [*addresses])]
        told = {*rows.search(domain).mapped("address")}
        return told | find_optouts(rows.env, addresses) if channel == "email" else told
