from odoo import api, fields, models

from ..base.nullable import NullableFloat
from .customer_profile import NOT_ASKED, SATISFACTION_STATES

COPIED_FIELDS = ("satisfaction", "satisfaction_state")


class CustomerProfileSnapshot(models.Model):
    """How content the customer was at the end of a month."""

    _inherit = "customer.profile.snapshot"

    satisfaction = NullableFloat(digits=(16, 1), aggregator="avg", readonly=True)
    satisfaction_state = fields.Selection(
        selection=SATISFACTION_STATES, readonly=True, falsy_value_label=NOT_ASKED
    )

    @api.model
    def _get_copied_fields(self):
        return (*super()._get_copied_fields(), *COPIED_FIELDS)
