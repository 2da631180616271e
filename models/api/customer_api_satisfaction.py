from odoo import api, models


class CustomerApi(models.AbstractModel):
    """The customer at a glance tells how satisfied they are."""

    _inherit = "customer.api"

    @api.model
    def _get_standing(self, profile):
        """Add ``satisfaction``: 0 to 100, ``False`` where there is not enough data."""
        score = profile.satisfaction if profile else False
        return super()._get_standing(profile) | {"satisfaction": score}
