from odoo import api, models

# Records of the installation that each company gets copies of, as long as it has none at all.
DEFAULTS = (
    ("customer_value.customer_complaint_team_service",),
    (
        "customer_value.customer_service_standard_critical",
        "customer_value.customer_service_standard_all",
    ),
)


class ResCompany(models.Model):
    """A company made later begins with what the first one was given by the installation."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_service_defaults()
        return companies

    def _create_service_defaults(self):
        """Give companies that have none a complaint team and the examples of standards.

        Copies of those of the installation, with their names in all languages; where somebody has
        deleted those, nothing. Standards stay switched off until a manager promises them.
        """
        for xmlids in DEFAULTS:
            found = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in xmlids]
            # With all rights: who makes a company need not work with its customers.
            sources = [source.sudo() for source in found if source]
            if not sources:
                continue
            records = sources[0].with_context(active_test=False)
            known = records.search([("company_id", "in", self.ids)]).company_id
            for company in self - known:
                for source in sources:
                    self._copy_default(source, company)

    @api.model
    def _copy_default(self, source, company):
        """Copy a record into a company, without the people, hours and tiers of its own one."""
        fields_ = source._fields
        values = {"company_id": company.id, "name": source.name}
        for name in ("user_id", "approver_id", "accountant_id", "calendar_id"):
            if name in fields_:
                values[name] = False
        for name in ("member_ids", "team_ids", "tier_ids"):
            if name in fields_:
                values[name] = []
        copy = source.copy(values)
        if source._name == "customer.service.standard":
            copy.active = False
        for code, _language in self.env["res.lang"].get_installed():
            name = source.with_context(lang=code).name
            if name != copy.with_context(lang=code).name:
                copy.update_field_translations("name", {code: name})
