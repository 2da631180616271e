from odoo import fields, models


class CustomerRequestMixin(models.AbstractModel):
    """A record other programs make: the same request, however often it is sent, makes one.

    Each table has a constraint of its own on company and key.
    """

    _name = "customer.request.mixin"
    _description = "Record of a Request"

    request_key = fields.Char(
        readonly=True,
        copy=False,
        help="Identifies the request of another program: sent again, it finds this record.",
    )
    request_hash = fields.Char(readonly=True, copy=False)
