from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # The timeline finds the payments of a customer through their contacts.
    _customer_idx = models.Index("(partner_id) WHERE partner_type = 'customer'")
