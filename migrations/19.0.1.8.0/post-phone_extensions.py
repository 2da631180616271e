"""Write extensions of telephones as telephone systems name them: calls found none of the others."""

from odoo import SUPERUSER_ID, api
from odoo.addons.customer_value.models.telephony.res_users import clean_extension


def migrate(cr, version):
    """Correct them by SQL: two people may have had one extension, in different digits."""
    users = api.Environment(cr, SUPERUSER_ID, {})["res.users"].with_context(active_test=False)
    for user in users.search([("customer_phone_extension", "!=", False)]):
        cleaned = clean_extension(user.customer_phone_extension) or None
        if cleaned != user.customer_phone_extension:
            cr.execute(
                "UPDATE res_users SET customer_phone_extension = %s WHERE id = %s",
                [cleaned, user.id],
            )
