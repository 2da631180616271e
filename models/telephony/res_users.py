from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    _inherit = "res.users"

    customer_phone_extension = fields.Char(
        string="Phone extension",
        copy=False,
        groups="base.group_user",
        help="The extension of the person's telephone: calls that ring there pop up in Odoo.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["customer_phone_extension"]

    @api.constrains("customer_phone_extension", "company_ids", "active")
    def _check_customer_phone_extension(self):
        """A call pops up at one person: extensions are unique among those who share a company."""
        for user in self.filtered(lambda user: user.active and user.customer_phone_extension):
            other = self.sudo().search(
                [
                    ("id", "!=", user.id),
                    ("customer_phone_extension", "=", user.customer_phone_extension),
                    ("company_ids", "in", user.company_ids.ids),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Extension %(extension)s belongs to %(user)s already: give each person "
                        "an extension of their own.",
                        extension=user.customer_phone_extension,
                        user=other.name,
                    )
                )

    @api.model
    def _find_phone_agents(self, company, names):
        """Return name -> user for logins and extensions of the company's people."""
        if not names:
            return {}
        users = self.search(
            [
                ("share", "=", False),
                ("company_ids", "in", company.ids),
                "|",
                ("login", "in", list(names)),
                ("customer_phone_extension", "in", list(names)),
            ]
        )
        by_extension = {user.customer_phone_extension: user for user in users}
        by_login = {user.login: user for user in users}
        found = {**by_extension, **by_login}
        return {name: found[name] for name in names if name in found}
