from odoo import api, models

from ..calendar.reader_number import write_number


class CustomerTier(models.Model):
    """The multiplier of a tier is promised where there are points to multiply."""

    _inherit = "customer.tier"

    def _get_shared_texts(self):
        texts = super()._get_shared_texts()
        if times := self._get_inherent_benefits().get("multiplier"):
            texts.insert(0, self._get_inherent_text("multiplier", times))
        return texts

    @api.model
    def _get_inherent_labels(self):
        return [*super()._get_inherent_labels(), ("multiplier", self.env._("Points multiplier"))]

    def _get_inherent_benefits(self):
        """Add the multiplier, where there are points."""
        benefits = super()._get_inherent_benefits()
        times = self.sudo().points_multiplier
        if times != 1 and self.env["loyalty.program"]._get_points_program(self.company_id):
            benefits["multiplier"] = times
        return benefits

    @api.model
    def _get_inherent_text(self, kind, value):
        if kind != "multiplier" or not value:
            return super()._get_inherent_text(kind, value)
        number = write_number(self.env, value, 0 if value == int(value) else 1)
        return self.env._("Points × %(number)s", number=number)
