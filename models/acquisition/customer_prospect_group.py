from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.lifetime_value import MIN_CUSTOMERS
from ..base.access import GROUPS_PROFIT, MANAGER
from ..base.nullable import NullableFloat, NullableMonetary
from ..calendar.reader_number import write_amount
from ..guard.digits import write_digits
from ..guard.plural import count_days
from .res_partner import SIZES

# The first group of a lead whose customers are enough is the one that speaks for it.
LEVELS = (
    ("industry_id", "country_id", "size"),
    ("industry_id", "country_id"),
    ("industry_id", "size"),
    ("tag_id",),
    ("industry_id",),
    ("source_id", "country_id"),
    ("country_id", "size"),
    ("source_id",),
    ("country_id",),
    ("size",),
    (),
)
TRAITS = ("industry_id", "country_id", "size", "source_id", "tag_id")
PLAIN_TRAITS = TRAITS[:-1]
BANDS = [("low", "Low"), ("middle", "Middle"), ("high", "High")]
READERS_OF_LEADS = ("sales_team.group_sale_salesman_all_leads", MANAGER)


class CustomerProspectGroup(models.Model):
    """Leads and customers with common traits: what those who bought have brought.

    Made anew by a job (``customer_prospect_group_build``): a row per group that has customers or
    decided leads, for the levels from three common traits down to everybody.
    """

    _name = "customer.prospect.group"
    _description = "Group of Prospects"
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "customer_count desc, level, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    level = fields.Integer(
        required=True, readonly=True, aggregator=None, help="0: most in common; 10: everybody."
    )
    trait_count = fields.Integer(string="Common traits", readonly=True, aggregator=None)
    industry_id = fields.Many2one(
        comodel_name="res.partner.industry", ondelete="cascade", readonly=True
    )
    country_id = fields.Many2one(comodel_name="res.country", ondelete="cascade", readonly=True)
    size = fields.Selection(selection=SIZES, readonly=True)
    source_id = fields.Many2one(comodel_name="utm.source", ondelete="cascade", readonly=True)
    tag_id = fields.Many2one(
        string="Tag of leads", comodel_name="crm.tag", ondelete="cascade", readonly=True
    )
    customer_count = fields.Integer(string="Customers", readonly=True, aggregator=None)
    valued_count = fields.Integer(string="With a lifetime value", readonly=True, aggregator=None)
    best_count = fields.Integer(string="In class A", readonly=True, aggregator=None)
    value_low = NullableMonetary(
        string="A quarter below", readonly=True, groups=GROUPS_PROFIT, aggregator=None
    )
    value_median = NullableMonetary(
        string="Lifetime value",
        readonly=True,
        groups=GROUPS_PROFIT,
        aggregator=None,
        help="Of the customer in the middle. Empty: fewer than 20 customers have one.",
    )
    value_high = NullableMonetary(
        string="A quarter above", readonly=True, groups=GROUPS_PROFIT, aggregator=None
    )
    value_band = fields.Selection(
        selection=BANDS,
        string="Value",
        readonly=True,
        help="Low: 60 % of all customers are worth more than the middle of this group; high: 60 % "
        "are worth less.",
    )
    lead_count = fields.Integer(string="Leads decided", readonly=True, aggregator=None)
    won_count = fields.Integer(string="Leads won", readonly=True, aggregator=None)
    conversion_ratio = NullableFloat(
        string="Conversion",
        readonly=True,
        aggregator=None,
        help="Leads won, of those won or lost. Empty: fewer than 20.",
    )
    order_day_count = fields.Integer(string="With a lead before it", readonly=True, aggregator=None)
    order_days = NullableFloat(
        string="Days to the first order",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="From the lead, in the middle. Empty: fewer than 20 customers had a lead.",
    )
    date = fields.Date(string="As of", required=True, readonly=True)
    reason = fields.Char(compute="_compute_reason", help="Why something is not known.")

    _traits_uniq = models.UniqueIndex(
        "(company_id, level, COALESCE(industry_id, 0), COALESCE(country_id, 0), "
        "COALESCE(size, ''), COALESCE(source_id, 0), COALESCE(tag_id, 0))"
    )

    @api.depends(*TRAITS)
    @api.depends_context("lang")
    def _compute_display_name(self):
        for group in self:
            names = [
                group._fields["size"].convert_to_export(group.size, group)
                if name == "size"
                else group[name].sudo().display_name
                for name in TRAITS
                if group[name]
            ]
            group.display_name = " · ".join(names) or group.env._("All customers")

    @api.depends("valued_count", "lead_count", "order_day_count")
    @api.depends_context("lang")
    def _compute_reason(self):
        for group in self:
            texts = (
                (group.valued_count, group.env._("customers with a lifetime value")),
                (group.lead_count, group.env._("decided leads")),
                (group.order_day_count, group.env._("customers with a lead before")),
            )
            few = [
                group.env._("%(count)s %(what)s", count=write_digits(group.env, count), what=what)
                for count, what in texts
                if count < MIN_CUSTOMERS
            ]
            group.reason = few and group.env._(
                "Not enough data: %(few)s; it takes %(least)s.",
                few=", ".join(few),
                least=MIN_CUSTOMERS,
            )

    # === LISTS ===

    def _get_customer_ids(self, name):
        """Return the ids of the profiles that a count of the group is about."""
        self.ensure_one()
        groups = self.sudo()
        rows = groups._read_members(self.company_id, self)
        return [profile for profile, counts in rows if counts[name]]

    def action_open_customers(self):
        """Open the customers of the group. Public: button."""
        return self._open_customers("customer_count", self.env._("Customers of the group"))

    def action_open_valued(self):
        """Open the customers whose lifetime values the median is taken of. Public: button."""
        return self._open_customers("valued_count", self.env._("Customers with a lifetime value"))

    def _open_customers(self, name, title):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "customer.profile",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", self._get_customer_ids(name))],
        }

    def action_open_leads(self):
        """Open the leads, won and lost, the conversion is taken of. Public: button.

        :raise UserError: when a list of the user's own leads would not add up
        """
        self.ensure_one()
        self.check_access("read")
        leads = self.env["crm.lead"]
        leads.check_access("read")
        if not self.env.su and not any(map(self.env.user.has_group, READERS_OF_LEADS)):
            raise UserError(
                self.env._(
                    "The list would show your own leads only and not add up. Ask for the right to "
                    "read all leads."
                )
            )
        ids = self.sudo()._read_decided(self.company_id, self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decided leads of the group"),
            "res_model": leads._name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_open_open_leads(self):
        """Open the leads this group speaks for that are not decided yet. Public: button."""
        self.ensure_one()
        self.check_access("read")
        self.env["crm.lead"].check_access("read")
        domain = Domain("customer_prospect_group_id", "=", self.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open leads of the group"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": domain & Domain("won_status", "=", "pending"),
            "context": {"create": False},
        }

    # === IN WORDS ===

    def _get_summary(self):
        """Return what customers like a lead have brought, without amounts."""
        self.ensure_one()
        bands = dict(self._fields["value_band"]._description_selection(self.env))
        parts = [
            self.env._(
                "Customers like it (%(group)s): value %(band)s, from %(count)s customers.",
                group=self.display_name,
                band=bands.get(self.value_band, self.env._("not known")),
                count=write_digits(self.env, self.valued_count),
            )
        ]
        if self.conversion_ratio is not False:
            parts.append(
                self.env._(
                    "%(percent)s %% of %(count)s decided leads were won.",
                    percent=write_amount(self.env, f"{self.conversion_ratio * 100:.0f}"),
                    count=write_digits(self.env, self.lead_count),
                )
            )
        if self.order_days is not False:
            parts.append(
                self.env._(
                    "First order after %(days)s.",
                    days=count_days(self.env, round(self.order_days)),
                )
            )
        if self.reason:
            parts.append(self.reason)
        return " ".join(parts)
