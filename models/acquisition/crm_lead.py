from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_STANDING
from ..base.nullable import NullableFloat
from ..calendar.reader_number import write_money
from ..guard.digits import write_digits
from ..guard.transaction_notes import shielded
from .customer_prospect_group import BANDS
from .res_partner import SIZES

PLACING = {
    *("company_id", "user_id", "partner_id", "country_id", "source_id", "tag_ids"),
    *("customer_industry_id", "customer_size"),
}
TRAITS_OF_CONTACT = {"customer_industry_id": "industry_id", "customer_size": "customer_size"}


class CrmLead(models.Model):
    """From whom a lead buys today, and what kind of customer it would be."""

    _name = "crm.lead"
    _inherit = ["customer.refresh.source.mixin", "crm.lead"]

    _refresh_reason = "lead"
    _refresh_fields = frozenset(
        {"customer_competitor_id", "customer_supplier_id", "partner_id", "company_id", "user_id"}
    )

    customer_competitor_id = fields.Many2one(
        string="Competitor",
        comodel_name="res.partner",
        ondelete="set null",
        check_company=True,
        index="btree_not_null",
        groups=GROUPS_STANDING,
        help="Who else wants to sell to this lead.",
    )
    customer_supplier_id = fields.Many2one(
        string="Buys from",
        comodel_name="res.partner",
        ondelete="set null",
        check_company=True,
        index="btree_not_null",
        groups=GROUPS_STANDING,
        help="Who supplies the lead today.",
    )
    customer_industry_id = fields.Many2one(
        string="Industry",
        comodel_name="res.partner.industry",
        ondelete="set null",
        groups=GROUPS_STANDING,
        help="Until there is a contact; then that of the contact counts, if it has one.",
    )
    customer_size = fields.Selection(
        selection=SIZES,
        string="Size",
        groups=GROUPS_STANDING,
        help="Until there is a contact; then that of the contact counts, if it has one.",
    )

    customer_prospect_group_id = fields.Many2one(
        string="Customers like it",
        comodel_name="customer.prospect.group",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups=GROUPS_STANDING,
    )
    customer_likeness = NullableFloat(
        string="Like the best (%)",
        readonly=True,
        copy=False,
        digits=(16, 1),
        aggregator="avg",
        groups=GROUPS_STANDING,
        help="Chance that a customer with such traits is in class A. Empty: not enough data.",
    )
    customer_likeness_reason = fields.Char(
        string="Is like them because of",
        compute="_compute_customer_likeness_reason",
        groups=GROUPS_STANDING,
    )
    customer_prospect_band = fields.Selection(
        selection=BANDS,
        string="Value of customers like it",
        compute="_compute_customer_prospect",
        groups=GROUPS_STANDING,
    )
    customer_prospect_summary = fields.Char(
        string="What customers like it have brought",
        compute="_compute_customer_prospect",
        groups=GROUPS_STANDING,
    )
    customer_prospect_value = fields.Char(
        string="Lifetime value of customers like it",
        compute="_compute_customer_prospect_value",
        groups=GROUPS_PROFIT,
    )

    customer_referral_code = fields.Char(
        string="Referral code",
        compute="_compute_customer_referral_code",
        inverse="_inverse_customer_referral_code",
        groups=GROUPS_STANDING,
        help="Of the customer who brought this lead.",
    )

    def _compute_customer_referral_code(self):
        """One query for any number of leads."""
        rows = self.env["customer.referral"].sudo()
        domain = [("lead_id", "in", self.ids), ("state", "!=", "refused")]
        found = rows.search(domain, order="id desc")
        codes = {referral.lead_id.id: referral.referrer_id.code for referral in found}
        for lead in self:
            lead.customer_referral_code = codes.get(lead._origin.id, False)

    def _inverse_customer_referral_code(self):
        """Note who brought the leads: UserError for a code nobody has, or that cannot count."""
        for lead in self.filtered("customer_referral_code"):
            self.env["customer.referral"]._register_by_code(lead, lead.customer_referral_code)

    @api.model_create_multi
    def create(self, vals_list):
        """Place new leads among the groups of prospects; AccessError for what only we decide."""
        for vals in vals_list:
            self._check_guarded(vals)
        leads = super().create(vals_list)
        leads._place_among_prospects()
        return leads

    def write(self, vals):
        """Place leads anew whose traits change; AccessError for what only we decide."""
        self._check_guarded(vals)
        result = super().write(vals)
        if not PLACING.isdisjoint(vals):
            self._place_among_prospects()
        return result

    def _place_among_prospects(self):
        """Find the group that speaks for each lead; a fault of ours stops nobody."""
        groups = self.env["customer.prospect.group"].sudo()
        with shielded(self.env, "groups of prospects"):
            for company, leads in self._group_by_company().items():
                rows = groups._read_leads(company, SQL("id = ANY(%s)", leads.ids))
                if rows:
                    groups._place(company, rows)
            self.invalidate_recordset(["customer_prospect_group_id", "customer_likeness"])
            self.sudo().modified(["customer_prospect_group_id"])

    def _group_by_company(self):
        """Return {company: leads}: where each lead is compared with customers."""
        main = self.env["customer.prospect.group"]._get_main_company()
        return self.sudo().grouped(lambda lead: lead.company_id or lead.user_id.company_id or main)

    def _get_readable_group(self):
        """Return the group that speaks for a lead, if it is of a company the reader works in."""
        group = self.sudo().customer_prospect_group_id
        return group if group.company_id in self.env.companies else group.browse()

    @api.depends("customer_prospect_group_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_customer_prospect(self):
        for lead in self:
            group = lead._get_readable_group()
            lead.customer_prospect_band = group.value_band
            lead.customer_prospect_summary = group._get_summary() if group else False

    @api.depends("customer_prospect_group_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_customer_prospect_value(self):
        for lead in self:
            group = lead._get_readable_group()
            if not group or group.value_median is False:
                lead.customer_prospect_value = group and group.reason
                continue
            lead.customer_prospect_value = lead.env._(
                "%(median)s; half of them between %(low)s and %(high)s (%(count)s customers).",
                count=write_digits(lead.env, group.valued_count),
                **{
                    name: write_money(lead.env, group[f"value_{name}"], group.currency_id)
                    for name in ("low", "median", "high")
                },
            )

    @api.depends("customer_likeness")
    @api.depends_context("lang")
    def _compute_customer_likeness_reason(self):
        groups = self.env["customer.prospect.group"].sudo()
        known = self.filtered(lambda lead: lead.customer_likeness is not False)
        (self - known).customer_likeness_reason = False
        for company, leads in known._group_by_company().items():
            found = groups._explain_likeness(company, leads.ids)
            for lead in leads.with_env(self.env):
                lead.customer_likeness_reason = found.get(lead.id, False)

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the leads that say from whom they buy."""
        everybody = self.env["res.company"].sudo()
        pairs = set()
        for lead in self.sudo():
            customer = lead.partner_id.commercial_partner_id
            if customer and (lead.customer_supplier_id or lead.customer_competitor_id):
                own = lead.company_id or lead.user_id.company_id
                companies = own or everybody.search([])
                pairs |= {(customer.id, company.id) for company in companies}
        return pairs

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """Give the industry and the size of the lead to the contact that is made of it."""
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        lead = self.sudo()
        if is_company or not parent_id:
            values |= {
                there: lead._fields[here].convert_to_write(lead[here], lead)
                for here, there in TRAITS_OF_CONTACT.items()
                if lead[here]
            }
        return values

    def _merge_get_fields(self):
        """Keep what is known of competitors and of the kind of lead when leads are merged."""
        return [
            *super()._merge_get_fields(),
            *("customer_competitor_id", "customer_supplier_id", *TRAITS_OF_CONTACT),
        ]
