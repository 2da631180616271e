from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING

TRAIT = "trait:"


class CustomerProfile(models.Model):
    """Who the customer is, as a reason of the prediction: *customers of industry X buy more often*.

    Facts as the contact has them today; what they are worth is learned by the fit of the company.
    """

    _inherit = "customer.profile"

    first_source_id = fields.Many2one(
        string="Came from",
        comodel_name="utm.source",
        compute="_compute_first_source_id",
        groups=GROUPS_STANDING,
        help="The source of the first lead or order that names one.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_first_source_id(self):
        models = self.env["customer.prediction.model"]
        self.env.flush_all()
        for company, profiles in self.grouped("company_id").items():
            query = models._get_first_source_sql(company, profiles.partner_id.ids)
            sources = SQL("SELECT partner_id, source_id FROM (%s) AS origin", query)
            found = dict(self.env.execute_query(sources))
            for profile in profiles:
                profile.first_source_id = found.get(profile.partner_id.id)

    @api.model
    def _get_mover(self, name):
        """Return the fact of the engine as it is stored: all tags are one."""
        if not name.startswith(TRAIT):
            return name
        return name.removeprefix(TRAIT).split(":")[0].replace("tag", "tags")

    def _get_trait_clause(self, name, *, more):
        """Return "customers of industry Retail buy more often"; "" for what is no such fact.

        :param name: fact that moved the prediction; ``more``: whether it raised it
        """
        self.ensure_one()
        if name == "kind":
            return self._get_kind_clause(more)
        value = self._get_trait_value(name)
        if not value:
            return ""
        texts = {
            "industry": (
                self.env._("customers of industry %(value)s buy more often", value=value),
                self.env._("customers of industry %(value)s buy less often", value=value),
            ),
            "country": (
                self.env._("customers in %(value)s buy more often", value=value),
                self.env._("customers in %(value)s buy less often", value=value),
            ),
            "source": (
                self.env._("customers who came from %(value)s buy more often", value=value),
                self.env._("customers who came from %(value)s buy less often", value=value),
            ),
            "tags": (
                self.env._("customers tagged %(value)s buy more often", value=value),
                self.env._("customers tagged %(value)s buy less often", value=value),
            ),
            "salesperson": (
                self.env._("customers of %(value)s buy more often", value=value),
                self.env._("customers of %(value)s buy less often", value=value),
            ),
        }
        return texts[name][0 if more else 1]

    def _get_kind_clause(self, more):
        if self.sudo().partner_id.is_company:
            return (
                self.env._("companies buy more often")
                if more
                else self.env._("companies buy less often")
            )
        return (
            self.env._("persons buy more often") if more else self.env._("persons buy less often")
        )

    def _get_trait_value(self, name):
        """Return the fact of this customer in words, "" where it is not set or has none."""
        # Names of records a person may not open are no secret in a reason.
        profile = self.sudo()
        partner = profile.partner_id
        records = {
            "industry": partner.industry_id,
            "country": partner.country_id,
            "salesperson": partner.user_id,
            "tags": partner.category_id,
        }
        found = profile.first_source_id if name == "source" else records.get(name)
        return ", ".join(found.mapped("display_name")) if found else ""
