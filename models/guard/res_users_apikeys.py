from datetime import datetime, timedelta

from odoo import models
from odoo.exceptions import ValidationError

MAX_KEY_DAYS = 90


class ResUsersApikeys(models.Model):
    """Keys of other programs end, whatever Odoo's groups allow employees."""

    _inherit = "res.users.apikeys"

    def _check_expiration_date(self, date):
        result = super()._check_expiration_date(date)
        last = datetime.now() + timedelta(days=MAX_KEY_DAYS)
        if self.env.user._is_program() and (not date or date > last):
            raise ValidationError(
                self.env._("A key is valid for 1 to %(most)s days.", most=MAX_KEY_DAYS)
            )
        return result
