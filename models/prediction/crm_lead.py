from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.lifetime_value import get_lead_value
from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableFloat
from ..calendar.reader_number import write_money
from ..guard.digits import write_digits


class CrmLead(models.Model):
    """What a lead would be worth as a customer, from customers like it."""

    _inherit = "crm.lead"

    customer_lifetime_value = NullableFloat(
        string="Expected lifetime value",
        compute="_compute_customer_lifetime_value",
        groups=GROUPS_PROFIT,
        help="If it becomes a customer: net profit so far plus the expected profit of the next 12 "
        "months of customers like it. Company currency; empty: not enough data.",
    )
    customer_lifetime_value_reason = fields.Char(
        string="Because of", compute="_compute_customer_lifetime_value", groups=GROUPS_PROFIT
    )

    @api.depends("partner_id", "country_id", "partner_name", "company_id")
    @api.depends_context("lang", "company")
    def _compute_customer_lifetime_value(self):
        """One query per company, whatever the number of leads."""
        leads_by_company = defaultdict(lambda: self.browse())
        for lead in self:
            leads_by_company[lead.company_id or self.env.company] |= lead
        for company, leads in leads_by_company.items():
            known = leads._get_known_values(company)
            sums = self._get_lifetime_value_sums(company)
            for lead in leads:
                customer = lead.partner_id.commercial_partner_id
                if customer.id in known:
                    lead.customer_lifetime_value = known[customer.id]
                    lead.customer_lifetime_value_reason = lead.env._("Is a customer already.")
                    continue
                keys = lead._get_value_keys()
                found = get_lead_value([sums.get(key, (0, 0.0)) for key in keys])
                lead.customer_lifetime_value = (
                    company.currency_id.round(found.value) if found else None
                )
                lead.customer_lifetime_value_reason = lead._get_value_reason(company, found)

    def _get_known_values(self, company):
        """Return the lifetime values of leads' customers that have one."""
        profiles = self.env["customer.profile"].sudo()
        rows = profiles.search_read(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("lifetime_value", "!=", False),
            ],
            ["partner_id", "lifetime_value"],
        )
        return {row["partner_id"][0]: row["lifetime_value"] for row in rows}

    @api.model
    def _get_lifetime_value_sums(self, company):
        """Return group -> (customers, sum of lifetime values), company currency."""
        self.env["customer.profile"].flush_model()
        self.env["res.partner"].flush_model(["is_company", "country_id", "industry_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(p.is_company, FALSE), p.country_id, p.industry_id, COUNT(*),
                          SUM(f.lifetime_value)::float8
                     FROM customer_profile f
                     JOIN res_partner p ON p.id = f.partner_id
                    WHERE f.company_id = %s AND f.lifetime_value IS NOT NULL
                 GROUP BY 1, 2, 3""",
                company.id,
            )
        )
        sums = defaultdict(lambda: (0, 0.0))
        for is_company, country, industry, count, amount in rows:
            for key in (
                (),
                (is_company,),
                (is_company, country),
                (is_company, country, industry),
            ):
                sums[key] = (sums[key][0] + count, sums[key][1] + amount)
        return sums

    def _get_value_keys(self):
        """Return the groups the lead belongs to, the widest first."""
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        is_company = bool(self.partner_name) if not partner else partner.is_company
        country = (self.country_id or partner.country_id).id or None
        industry = partner.industry_id.id or None
        keys = [(), (is_company,)]
        if country:
            keys.append((is_company, country))
        if country and industry:
            keys.append((is_company, country, industry))
        return keys

    def _get_value_reason(self, company, found):
        if not found:
            return self.env._("Not enough data: fewer than 20 customers have a lifetime value.")
        if not found.level:
            return self.env._(
                "The mean of all %(total)s customers: there are too few like it.",
                total=write_digits(self.env, found.total),
            )
        partner = self.partner_id.commercial_partner_id
        country = self.country_id or partner.country_id
        is_company = bool(self.partner_name) if not partner else partner.is_company
        kind = self.env._("companies") if is_company else self.env._("persons")
        group = {
            1: kind,
            2: self.env._("%(kind)s in %(country)s", kind=kind, country=country.name),
            3: self.env._(
                "%(kind)s in %(country)s, %(industry)s",
                kind=kind,
                country=country.name,
                industry=partner.industry_id.name,
            ),
        }[found.level]
        return self.env._(
            "%(count)s %(group)s: %(mean)s each on average. All %(total)s customers: %(common)s.",
            count=write_digits(self.env, found.count),
            group=group,
            mean=write_money(self.env, found.mean, company.currency_id),
            total=write_digits(self.env, found.total),
            common=write_money(self.env, found.common, company.currency_id),
        )
