from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from .customer_profile import SEGMENTS, STAGES, VALUE_CLASSES

# partner field -> profile field it shows
SHOWN_FIELDS = {
    "customer_tier_id": "tier_id",
    "customer_segment": "segment",
    "customer_stage": "stage",
    "customer_value_class": "value_class",
    "customer_churn_band": "churn_band",
    "customer_satisfaction": "satisfaction",
    "customer_satisfaction_state": "satisfaction_state",
}
SEARCH_OPERATORS = ("in", "any", "any!", "ilike", "like", ">", ">=", "<", "<=")
DETAIL_BADGES = (("customer_stage", "fa-refresh"), ("customer_value_class", "fa-pie-chart"))


class ResPartner(models.Model):
    """Contacts show the standing of their commercial partner in the current company.

    Nothing is stored on the contact: all fields together cost one query for any number of
    contacts, and grouping joins the profile table.

    Badges of the customer's standing on contact lists, cards and forms.
    """

    _inherit = "res.partner"

    customer_profile_ids = fields.One2many(
        comodel_name="customer.profile", inverse_name="partner_id", groups=GROUPS_STANDING
    )
    customer_profile_id = fields.Many2one(
        string="Customer profile",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        search="_search_customer_profile_id",
        groups=GROUPS_STANDING,
    )
    customer_tier_id = fields.Many2one(
        string="Tier",
        comodel_name="customer.tier",
        compute="_compute_customer_profile_id",
        search="_search_customer_tier_id",
        groups=GROUPS_STANDING,
    )
    customer_segment = fields.Selection(
        selection=SEGMENTS,
        string="Segment",
        compute="_compute_customer_profile_id",
        search="_search_customer_segment",
        groups=GROUPS_STANDING,
    )
    customer_stage = fields.Selection(
        selection=STAGES,
        string="Lifecycle stage",
        compute="_compute_customer_profile_id",
        search="_search_customer_stage",
        groups=GROUPS_STANDING,
    )
    customer_value_class = fields.Selection(
        selection=VALUE_CLASSES,
        string="Value class",
        compute="_compute_customer_profile_id",
        search="_search_customer_value_class",
        groups=GROUPS_STANDING,
    )
    customer_badges = fields.Json(
        string="Standing",
        compute="_compute_customer_badges",
        groups=GROUPS_STANDING,
        help="Tier, segment, lifecycle stage and value class of the customer.",
    )

    @api.model
    def _get_customer_fields(self):
        """Return the names of the fields that show the profile."""
        return ["customer_profile_ids", "customer_profile_id", *SHOWN_FIELDS]

    @api.model
    def _get_profile_sources(self):
        """Return what badges read of a profile: all the rest of it stays unread."""
        return ["partner_id", "company_id", *SHOWN_FIELDS.values()]

    @api.depends_context("company")
    @api.depends("commercial_partner_id.customer_profile_ids")
    def _compute_customer_profile_id(self):
        profiles = self.env["customer.profile"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ],
            self._get_profile_sources(),
        )
        by_partner = profiles.grouped("partner_id")
        for partner in self:
            profile = by_partner.get(partner.commercial_partner_id._origin, profiles.browse())
            partner.customer_profile_id = profile
            for name, shown in SHOWN_FIELDS.items():
                partner[name] = profile[shown]

    def _search_customer_profile_id(self, operator, value):
        return self._search_customer("id", operator, value)

    def _search_customer_tier_id(self, operator, value):
        return self._search_customer("tier_id", operator, value)

    def _search_customer_segment(self, operator, value):
        return self._search_customer("segment", operator, value)

    def _search_customer_stage(self, operator, value):
        return self._search_customer("stage", operator, value)

    def _search_customer_value_class(self, operator, value):
        return self._search_customer("value_class", operator, value)

    @api.model
    def _search_customer(self, field_name, operator, value):
        """Search contacts by a field of their profile in the current company.

        ``False`` among the values also finds contacts without a profile.
        """
        self._check_field_access(self._fields["customer_profile_id"], "read")
        if operator not in SEARCH_OPERATORS:
            return NotImplemented
        profiles = Domain("company_id", "=", self.env.company.id)
        if operator != "in":
            return self._with_profile(profiles & Domain(field_name, operator, value))
        values = {item for item in value if item is not False}
        domain = Domain.FALSE
        if values:
            domain |= self._with_profile(profiles & Domain(field_name, "in", values))
        if False in value:
            domain |= ~self._with_profile(profiles & Domain(field_name, "!=", False))
        return domain

    @api.model
    def _with_profile(self, domain):
        """Return the domain of contacts whose customer has such a profile."""
        query = self.env["customer.profile"]._search(domain)
        return Domain("commercial_partner_id", "in", query.subselect("partner_id"))

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let contacts be grouped by the standing of their customer."""
        shown = SHOWN_FIELDS.get(field_expr)
        if not shown or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        profile = query.make_alias(alias, "customer_profile")
        query.add_join(
            "LEFT JOIN",
            profile,
            "customer_profile",
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(profile, "partner_id"),
                SQL.identifier(alias, "commercial_partner_id"),
                SQL.identifier(profile, "company_id"),
                self.env.company.id,
            ),
        )
        return SQL.identifier(profile, shown)

    @api.depends_context("company", "lang")
    @api.depends("customer_tier_id", "customer_segment", "customer_stage", "customer_value_class")
    def _compute_customer_badges(self):
        for partner in self:
            partner.customer_badges = [
                *partner._get_customer_badges(),
                *partner._get_customer_detail_badges(),
            ]

    def _compute_application_statistics_hook(self):
        """Add tier and segment to the contact list and cards."""
        data_list = super()._compute_application_statistics_hook()
        if self._has_field_access(self._fields["customer_tier_id"], "read"):
            for partner in self.filtered("customer_profile_id"):
                data_list[partner.id].extend(partner._get_customer_badges())
        return data_list

    def _get_customer_badges(self):
        """Return the badges of lists: tier and segment, or that it is being computed."""
        self.ensure_one()
        badges = []
        if tier := self.customer_tier_id:
            badges.append(
                {
                    "iconClass": tier.icon or "fa-star-o",
                    "value": tier.name,
                    "label": self.env._("Loyalty tier"),
                    "tagClass": f"o_tag_color_{tier.color}",
                }
            )
        profile = self.customer_profile_id
        if profile.is_computing:
            badges.append(
                {
                    "iconClass": "fa-hourglass-half",
                    "value": profile._fields["is_computing"]._description_string(self.env),
                    "label": profile._get_computing_sentence(),
                    "tagClass": "o_tag_color_0",
                }
            )
        elif self.customer_segment:
            badges.append(
                {
                    "iconClass": "fa-users",
                    "value": self._get_customer_label("customer_segment"),
                    "label": self.env._("Segment: %(sentence)s", sentence=profile.segment_sentence),
                    "tagClass": "o_tag_color_0",
                }
            )
        return badges

    def _get_customer_detail_badges(self):
        """Return the badges only the contact form has room for: stage and value class."""
        self.ensure_one()
        badges = []
        is_computing = self.customer_profile_id.is_computing
        for name, icon in DETAIL_BADGES:
            if self[name] and not (is_computing and name == "customer_value_class"):
                badges.append(
                    {
                        "iconClass": icon,
                        "value": self._get_customer_label(name),
                        "label": self._fields[name]._description_string(self.env),
                        "tagClass": "o_tag_color_0",
                    }
                )
        return badges

    def _get_customer_label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def action_open_customer_profile(self):
        """Open the profile of the contact's customer. Public: button."""
        self.ensure_one()
        if not self.customer_profile_id:
            raise UserError(
                self.env._(
                    "%(customer)s has no invoice, order or delivery yet, so there is no "
                    "customer profile to show.",
                    customer=self._get_plain_name(),
                )
            )
        return self.customer_profile_id._get_form_action()
