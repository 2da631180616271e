from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..base.access import MANAGER, USER
from ..calendar.reader_date import write_day
from ..guard.digits import write_digits
from ..guard.plural import count_days
from ..refresh.customer_refresh_run import UNFINISHED

# What a company begins with that has never had a contact policy: value class -> days.
FIRST_POLICIES = {"A": 30, "B": 60, "C": 120}
# In the order in which they are decided.
STEPS = ("run", "rates", "tiers", "feedback", "standards", "policies", "prediction")


class CustomerFirstSteps(models.AbstractModel):
    """What a company decides on its first day: what each thing does, costs, and whether it is on.

    Every user may see what is off, and who switches it on; managers do it.
    """

    _name = "customer.first.steps"
    _description = "First Steps"

    @api.model
    def get_steps(self):
        """Return the steps for the company in use. Public: page, RPC.

        :return: dict of ``company``, ``can_switch`` (the user is a manager), ``who`` (a sentence:
            who can), ``steps``: ``key``, ``title``, ``what`` it does, ``cost`` (what it costs),
            ``state`` (``on``, ``off``, ``running``, ``waiting``), ``status`` in words, ``switch``
            (it can be switched), ``button`` (words, of what is started instead of switched),
            ``confirm`` (asked before it is switched off), ``inputs`` (numbers to enter: ``name``,
            ``label``, ``value``, ``unit``), ``progress`` (0 to 100 or ``False``), ``action``
            (xmlid) with ``action_name``
        :raise AccessError: for users who do not work with customers
        """
        self._check_steps_access(USER)
        steps = [getattr(self, f"_get_{key}_step")() | {"key": key} for key in STEPS]
        defaults = {"switch": False, "progress": False, "action": False, "action_name": ""}
        defaults |= {"button": "", "confirm": "", "inputs": []}
        can_switch = self.env.user.has_group(MANAGER)
        for step in steps:
            if not can_switch:
                step["action"] = False
        return {
            "company": self.env.company.name,
            "can_switch": can_switch,
            "who": self._get_who(),
            "steps": [defaults | step for step in steps],
        }

    @api.model
    def switch(self, key, is_on):
        """Switch a step on or off for the company in use. Public: page, RPC.

        :return: the steps, see :meth:`get_steps`
        :raise AccessError: for users who are no managers
        :raise UserError: for what cannot be switched
        """
        self._check_steps_access(MANAGER)
        if key not in STEPS:
            raise UserError(self.env._("This cannot be switched here: use the link beside it."))
        getattr(self, f"_switch_{key}")(bool(is_on))
        return self.get_steps()

    @api.model
    def _get_obstacle(self, key):
        """Return why a list that needs a step is empty: title, text, who switches it on.

        :return: three empty texts where the step is done
        """
        step = getattr(self, f"_get_{key}_step")()
        is_predicted = key == "prediction" and self.env["customer.prediction.model"]._get_active(
            self.env.company
        )
        if step["state"] == "on" or is_predicted:
            return "", "", ""
        title = self.env._("%(what)s: not worked out yet", what=step["title"])
        if not step.get("switch") or step.get("button"):
            return title, step["status"], ""
        title = self.env._("%(what)s: switched off", what=step["title"])
        return title, step["what"], self._get_who()

    @api.model
    def _get_who(self):
        return self.env._(
            "Managers of Customer Value switch this, under First steps: %(names)s.",
            names=format_list(self.env, self._get_manager_names()),
        )

    @api.model
    def _check_steps_access(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("This is for users and managers of Customer Value: ask one of them.")
            )

    @api.model
    def _get_manager_names(self):
        """Return who can switch things on in this company; administrators without one."""
        # With all rights: names of colleagues, which every user may see.
        users = self.env.ref(MANAGER).sudo().all_user_ids
        users = users.filtered(
            lambda user: user.active and self.env.company in user.company_ids and not user.share
        )
        return users.sorted("name").mapped("name")[:5] or [self.env._("your administrator")]

    @api.model
    def _get_own(self, model):
        """Return a company's own records, switched off ones included."""
        records = self.env[model].sudo().with_context(active_test=False)
        return records.search([("company_id", "=", self.env.company.id)])

    def _get_switch_step(self, model, on_text):
        """Return what is the same for steps that are records which are active or not."""
        active = self._get_own(model).filtered("active")
        off = self.env._("Switched off.")
        return {
            "state": "on" if active else "off",
            "status": on_text(write_digits(self.env, len(active))) if active else off,
            "switch": True,
        }

    def _switch_records(self, model, is_on):
        """Switch a company's records on or off, with the manager's own rights."""
        self._get_own(model).with_env(self.env).write({"active": is_on})

    # === FIRST RUN ===

    def _get_run_step(self):
        # With all rights: who works with customers may know how far the work is.
        run = (
            self.env["customer.refresh.run"]
            .sudo()
            .search([("company_id", "=", self.env.company.id)], limit=1)
        )
        customers = self.env["customer.profile"].sudo()
        count = customers.search_count([("company_id", "=", self.env.company.id)])
        is_running = run.state in UNFINISHED
        step = {
            "title": self.env._("Work out all customers"),
            "what": self.env._(
                "Reads invoices, payments, deliveries and contacts, and works out the numbers of "
                "each customer. It happens by itself every night."
            ),
            "cost": self.env._("Some minutes of the server; nobody has to wait."),
            "switch": not is_running,
            "button": self.env._("Work out now"),
        }
        if is_running:
            done, total = self._get_run_progress(run)
            return step | {
                "state": "running",
                "progress": round(100 * done / total) if total else 0,
                "status": self.env._(
                    "Being worked out: %(done)s of %(total)s parts.",
                    done=write_digits(self.env, done),
                    total=write_digits(self.env, total),
                )
                if total
                else self.env._("Begins in a moment."),
            }
        if run.state == "failed":
            return step | {"state": "off", "status": self.env._("It failed: see Refresh runs.")}
        if not run:
            return step | {"state": "off", "status": self.env._("Not worked out yet.")}
        return step | {
            "state": "on",
            "status": self.env._(
                "Customers: %(count)s. Last worked out on %(day)s.",
                count=write_digits(self.env, count),
                day=write_day(self.env, run.date),
            ),
        }

    def _get_run_progress(self, run):
        """Return how many parts of a run are done, of how many; it goes over all twice."""
        done = len(run.range_ids.filtered("done"))
        total = 2 * len(run.range_ids)
        return (done + len(run.range_ids) if run.state == "scores" else done), total

    def _switch_run(self, is_on):
        # With all rights: the gate was asked in switch().
        if is_on:
            self.env.company.sudo()._request_full_refresh()

    # === WHAT IS DECIDED ===

    def _get_tiers_step(self):
        tiers = self._get_own("customer.tier").filtered("active")
        return {
            "title": self.env._("Loyalty tiers"),
            "what": self.env._(
                "Customers rise by what they buy, pay and have bought for how long; each tier has "
                "its benefits."
            ),
            "cost": self.env._("What the benefits give away. Try the rules before you save them."),
            "confirm": self.env._(
                "Nobody rises any more. Customers keep the tier they have until its period and "
                "grace are over, then they lose it with its benefits. The rules are kept: switch "
                "the tiers on again, and it goes on."
            ),
            "action": "customer_value.customer_tier_preview_action",
            "action_name": self.env._("Try tier rules"),
        } | self._get_switch_step(
            "customer.tier",
            lambda _count: self.env._(
                "Tiers: %(names)s.", names=format_list(self.env, tiers.mapped("name"))
            ),
        )

    def _switch_tiers(self, is_on):
        """Switch the tiers on; a company that never had one begins with the standard four."""
        if is_on:
            self.env["customer.tier"]._create_default_tiers(self.env.company)
        self._switch_records("customer.tier", is_on)

    def _get_feedback_step(self):
        return {
            "title": self.env._("Ask customers for feedback"),
            "what": self.env._(
                "After a delivery, a paid invoice and a closed complaint, customers get a mail "
                "with one question."
            ),
            "cost": self.env._(
                "Mails to customers, at most one each in %(days)s; low answers want a reply.",
                days=count_days(self.env, self.env.company.sudo().feedback_quiet_days),
            ),
            "action": "customer_value.customer_feedback_rule_action",
            "action_name": self.env._("When who is asked what"),
        } | self._get_switch_step(
            "customer.feedback.rule",
            lambda count: self.env._("Occasions on which customers are asked: %s.", count),
        )

    def _switch_feedback(self, is_on):
        self.env["customer.feedback.rule"].sudo()._create_default_rules(self.env.company)
        self._switch_records("customer.feedback.rule", is_on)

    def _get_standards_step(self):
        return {
            "title": self.env._("Service standards"),
            "what": self.env._(
                "Complaints get deadlines for the first response and the solution; who is late is "
                "reminded."
            ),
            "cost": self.env._("A promise to keep in working hours."),
            "action": "customer_value.customer_service_standard_action",
            "action_name": self.env._("The standards"),
        } | self._get_switch_step(
            "customer.service.standard",
            lambda count: self.env._("Standards in force: %s.", count),
        )

    def _switch_standards(self, is_on):
        self.env.company.sudo()._create_service_defaults()
        self._switch_records("customer.service.standard", is_on)

    def _get_policies_step(self):
        return {
            "title": self.env._("Contact policies"),
            "what": self.env._(
                "Say how often customers of a kind are to be contacted; who is overdue shows on "
                "Today."
            ),
            "cost": self.env._("Time of your salespeople: the policies make their list."),
            "action": "customer_value.customer_contact_policy_action",
            "action_name": self.env._("The policies"),
        } | self._get_switch_step(
            "customer.contact.policy",
            lambda count: self.env._("Policies in force: %s.", count),
        )

    def _switch_policies(self, is_on):
        """Switch the policies on; a company that never had one begins with three by class."""
        if is_on and not self._get_own("customer.contact.policy"):
            self.env["customer.contact.policy"].create(
                [
                    {"company_id": self.env.company.id, "value_class": grade, "days": days}
                    for grade, days in FIRST_POLICIES.items()
                ]
            )
        self._switch_records("customer.contact.policy", is_on)
