from odoo import models

from ..calendar.reader_number import write_number


class CustomerTier(models.Model):
    """The multiplier of a tier is promised where there are points to multiply."""

    _inherit = "customer.tier"

    def _get_shared_texts(self):
        texts = super()._get_shared_texts()
        times = self.sudo().points_multiplier
        programs = self.env["loyalty.program"]
        if times != 1 and programs._get_points_program(self.company_id):
            number = write_number(self.env, times, 0 if times == int(times) else 1)
            texts.insert(0, self.env._("Points × %(number)s", number=number))
        return texts
