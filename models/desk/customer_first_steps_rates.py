from odoo import api, models
from odoo.exceptions import UserError

from ..base.access import MANAGER
from ..guard.digits import write_digits

# What serving costs a small company, to begin with (our assumption). Amounts are in US dollars
# and are converted once, when they are put in.
SUGGESTED_RATES = {
    "customer_cost_per_order_line": 1.0,
    "customer_cost_per_delivery": 8.0,
    "customer_cost_per_return": 15.0,
    "customer_cost_per_interaction_minute": 0.5,
    "customer_cost_per_complaint_hour": 30.0,
    "customer_capital_cost_percent": 8.0,
}
RATES = tuple(SUGGESTED_RATES)


class CustomerFirstSteps(models.AbstractModel):
    """The rates of serving, entered where they are asked for."""

    _inherit = "customer.first.steps"

    @api.model
    def set_rates(self, values):
        """Write rates of serving of the company in use. Public: page, RPC.

        :param values: name of a setting -> amount in company currency, or percent a year
        :return: the steps, see :meth:`get_steps`
        :raise AccessError: for users who are no managers
        :raise UserError: for other settings, and for what is no number
        """
        self._check_steps_access(MANAGER)
        if not isinstance(values, dict) or not values.keys() <= SUGGESTED_RATES.keys():
            raise UserError(self.env._("These are not rates of serving: use the settings."))
        if not all(type(value) in (int, float) for value in values.values()):
            raise UserError(self.env._("A rate is a number."))
        self.env["customer.settings"].create(values)
        return self.get_steps()

    def _get_rates_step(self):
        company = self.env.company.sudo()
        rates = [name for name in RATES if company[name]]
        return {
            "title": self.env._("What serving a customer costs"),
            "what": self.env._(
                "Net profit is gross profit less what orders, deliveries, returns, calls and "
                "complaints cost you."
            ),
            "cost": self.env._(
                "Six numbers to estimate: the switch puts in our suggestions; without them net "
                "profit is too high."
            ),
            "switch": True,
            "state": "on" if rates else "off",
            "status": self.env._(
                "Rates set: %(count)s of %(total)s.",
                count=write_digits(self.env, len(rates)),
                total=write_digits(self.env, len(RATES)),
            )
            if rates
            else self.env._("No rate is set: serving a customer counts as free."),
            "inputs": self._get_rate_inputs(),
            "action": "customer_value.customer_settings_action",
            "action_name": self.env._("All settings"),
        }

    @api.model
    def _get_rate_inputs(self):
        """Return the numbers to enter; what serving costs is for managers alone."""
        if not self.env.user.has_group(MANAGER):
            return []
        return [self._get_rate_input(name) for name in RATES]

    @api.model
    def _get_rate_input(self, name):
        company = self.env.company.sudo()
        field = company._fields[name]
        return {
            "name": name,
            "label": field._description_string(self.env),
            "help": field._description_help(self.env),
            "value": company[name],
            "unit": company.currency_id.symbol if field.type == "monetary" else "%",
        }

    def _switch_rates(self, is_on):
        """Put in what is suggested, or take all rates away; rates that are there stay."""
        company = self.env.company.sudo()
        if is_on and any(company[name] for name in RATES):
            return
        self.set_rates(self._suggest_rates() if is_on else dict.fromkeys(RATES, 0.0))

    @api.model
    def _suggest_rates(self):
        """Return the suggested rates in the currency of the company, with two digits."""
        company, dollar = self.env.company, self.env.ref("base.USD", raise_if_not_found=False)
        suggested = {}
        for name, amount in SUGGESTED_RATES.items():
            if dollar and company._fields[name].type == "monetary":
                amount = dollar._convert(amount, company.currency_id, company, round=False)
            suggested[name] = float(f"{amount:.1e}")
        return suggested
