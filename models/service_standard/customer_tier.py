from odoo import api, models

from ..calendar.reader_number import write_number


class CustomerTier(models.Model):
    """A service standard for some tiers is one of their benefits."""

    _inherit = "customer.tier"

    def _get_shared_texts(self):
        """Add the times promised for every complaint, whatever its severity and team."""
        texts = super()._get_shared_texts()
        standards = self.env["customer.service.standard"].sudo()
        standards = standards.search(
            [("tier_ids", "in", self.ids), ("team_ids", "=", False), ("severity", "=", False)]
        )
        texts_by_name = {
            "first_response_hours": self.env._("Complaints answered within %s working hours"),
            "solution_hours": self.env._("Complaints solved within %s working hours"),
        }
        for name, text in texts_by_name.items():
            if hours := min(filter(None, standards.mapped(name)), default=0):
                texts.append(text % write_number(self.env, hours, 0 if hours == int(hours) else 1))
        return texts

    @api.model
    def _get_inherent_labels(self):
        return [*super()._get_inherent_labels(), ("service", self.env._("Service standards"))]

    def _get_inherent_benefits(self):
        """Add the standards that name the tier."""
        benefits = super()._get_inherent_benefits()
        standards = self.env["customer.service.standard"].sudo()
        if standards := standards.search([("tier_ids", "in", self.ids)], order="id"):
            benefits["service"] = standards.ids
        return benefits

    @api.model
    def _get_inherent_text(self, kind, value):
        if kind != "service" or not value:
            return super()._get_inherent_text(kind, value)
        standards = self.env["customer.service.standard"].sudo().browse(value).exists()
        return ", ".join(standards.mapped("name"))
