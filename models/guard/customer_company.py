from odoo import api, models
from odoo.exceptions import AccessError


class CustomerCompanyMixin(models.AbstractModel):
    """A record of one company: nobody moves it where they may not be.

    Record rules look at what a record was, never at what a change makes of it. Without a company,
    or in a model that has none, a record is part of the settings of every company.
    """

    _name = "customer.company.mixin"
    _inherit = "customer.date.bounds.mixin"
    _description = "Record of a Company"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is for every company to who may not enter each of them: AccessError."""
        records = super().create(vals_list)
        records._check_shared_new()
        return records

    def write(self, vals):
        """Refuse to move records into companies the user may not enter, or to share them."""
        self._check_shared()
        result = super().write(vals)
        if not self._get_company_sources().isdisjoint(vals):
            self._check_company_entered()
            self._check_shared()
        return result

    def unlink(self):
        """Refuse what every company uses to who may not enter each of them: AccessError."""
        self._check_shared()
        return super().unlink()

    @api.model
    def _get_company_sources(self):
        """Return the names of the fields that decide about the company."""
        field = self._fields.get("company_id")
        if not field:
            return set()
        return {field.related.split(".")[0] if field.related else field.name}

    def _check_company_entered(self):
        """Raise AccessError where a record is now in a company the user does not work in."""
        if self.env.su:
            return
        foreign = self.sudo().company_id - self.env.companies
        if foreign:
            raise AccessError(
                self.env._(
                    "You cannot put this into a company you do not work in at the moment. Choose "
                    "the company at the top of the screen, or ask somebody who may enter it."
                )
            )

    def _check_shared_new(self):
        """Raise AccessError where a setting of all companies is made by who is not in all."""
        self._check_shared()

    def _check_shared(self):
        """Raise AccessError where a setting of all companies is changed by who is not in all."""
        if self.env.su:
            return
        shared = self.sudo()
        if "company_id" in self._fields:
            shared = shared.filtered(lambda record: not record.company_id)
        others = [("id", "not in", self.env.user.company_ids.ids)]
        if shared and self.env["res.company"].sudo().search_count(others, limit=1):
            raise AccessError(
                self.env._(
                    "All companies use this. Only somebody who may enter every company can change "
                    "it; for your own company, make one of its own where that is possible."
                )
            )
