from odoo import models

from ...engine.lifetime_value import shrink_uplift


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_customer_retention_uplifts(self):
        """Let the plays that are measured correct the settings (docs/plays.md)."""
        settings = super()._get_customer_retention_uplifts()
        return tuple(
            shrink_uplift(prior, self._get_measured_plays(is_offer))
            for is_offer, prior in zip((False, True), settings, strict=True)
        )

    def _get_measured_plays(self, is_offer):
        """Return (bought, customers) of the play and the control group of each play that is done.

        :param is_offer: of the plays with an offer, or of those without
        """
        members = self.env["customer.play.member"].sudo()
        rows = members._read_group(
            [
                ("company_id", "=", self.id),
                ("play_id.state", "=", "done"),
                ("play_id.is_retention", "=", True),
                ("play_id.is_offer", "=", is_offer),
            ],
            ["play_id", "group", "is_bought"],
            ["__count"],
        )
        found = {}
        for play, group, is_bought, count in rows:
            cells = found.setdefault(play.id, [0, 0, 0, 0])
            place = 0 if group == "play" else 2
            cells[place] += count if is_bought else 0
            cells[place + 1] += count
        return [found[key] for key in sorted(found)]
