from odoo import api, fields, models
from odoo.tools import SQL

from ..guard.plural import count_days
from ..profile.customer_profile import VALUE_CLASSES


class CustomerContactPolicy(models.Model):
    """How often a kind of customer is to be contacted; the first policy that fits holds."""

    _name = "customer.contact.policy"
    _description = "Contact Policy"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "company_id, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10, help="The first policy that fits a customer holds.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    tier_id = fields.Many2one(
        comodel_name="customer.tier",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Empty: customers of every tier, and of none.",
    )
    value_class = fields.Selection(
        selection=VALUE_CLASSES, help="Empty: customers of every value class, and of none."
    )
    days = fields.Integer(
        string="Contact every (days)",
        required=True,
        default=90,
        help="A customer nobody has been in contact with for so many days is overdue.",
    )

    _days_range = models.Constraint(
        "CHECK(days BETWEEN 1 AND 3650)",
        "A contact policy needs a number of days from 1 to 3650.",
    )

    @api.depends("tier_id", "value_class", "days")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(tier)s, class %(value_class)s: every %(days)s",
                tier=policy.tier_id.name or self.env._("All tiers"),
                value_class=policy.value_class or self.env._("any"),
                days=count_days(self.env, policy.days),
            )

    def _get_profile_condition(self, alias):
        """Return the SQL condition under which the policy fits the profile ``alias``."""
        self.ensure_one()
        conditions = [SQL("%s = %s", SQL.identifier(alias, "company_id"), self.company_id.id)]
        if self.tier_id:
            conditions.append(SQL("%s = %s", SQL.identifier(alias, "tier_id"), self.tier_id.id))
        if self.value_class:
            column = SQL.identifier(alias, "value_class")
            conditions.append(SQL("%s = %s", column, self.value_class))
        return SQL(" AND ").join(conditions)

    def write(self, vals):
        result = super().write(vals)
        self._forget_due_dates()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self._forget_due_dates()
        return policies

    def unlink(self):
        result = super().unlink()
        self._forget_due_dates()
        return result

    @api.model
    def _forget_due_dates(self):
        """Due dates are read from the policies by SQL: the cache cannot know."""
        self.env["customer.profile"].invalidate_model(["contact_due_date"])
