from odoo import api, models

BEST = 2


class CustomerApi(models.AbstractModel):
    """The summary for other programs tells what to offer to the customer."""

    _inherit = "customer.api"

    @api.model
    def _get_standing(self, profile):
        """Add ``recommendations``: what is open, two of every kind (docs/recommendations.md)."""
        found = (
            self.env["customer.recommendation"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", profile.partner_id.id),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "open"),
                    ("rank", "<=", BEST),
                ],
                order="rank, kind, id",
            )
        )
        return super()._get_standing(profile) | {
            "recommendations": [
                {
                    "kind": one.kind,
                    "product_id": one.product_id.id,
                    "product": one.product_id.display_name,
                    "reason": one.reason,
                    "stock_status": one.stock_status,
                }
                for one in found
            ]
        }
