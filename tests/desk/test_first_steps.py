from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import DeskCommon


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestFirstSteps(DeskCommon):
    """What a company decides on its first day, and settings for managers."""

    def _get_steps(self, user=None, company=None):
        page = self._as(user or self.manager, "customer.first.steps", company).get_steps()
        return {step["key"]: step for step in page["steps"]}

    def _switch(self, key, is_on, company=None):
        page = self._as(self.manager, "customer.first.steps", company).switch(key, is_on)
        return next(step for step in page["steps"] if step["key"] == key)

    def test_each_says_what_it_does_and_costs(self):
        steps = self._get_steps()
        self.assertEqual(
            list(steps),
            ["run", "rates", "tiers", "feedback", "standards", "policies", "prediction"],
        )
        for step in steps.values():
            self.assertTrue(step["title"] and step["what"] and step["cost"] and step["status"])

    def test_asking_is_off_until_switched_on(self):
        self.assertEqual(self._get_steps()["feedback"]["state"], "off")
        step = self._switch("feedback", True)
        self.assertEqual((step["state"], step["status"][-2:]), ("on", "3."))
        rules = self.env["customer.feedback.rule"].search([("company_id", "=", self.company.id)])
        self.assertTrue(all(rule.active_since for rule in rules), "the past is not asked about")
        self.assertEqual(self._switch("feedback", False)["state"], "off")

    def test_standards_and_policies(self):
        self.env["customer.contact.policy"].with_context(active_test=False).search([]).unlink()
        for key in ("standards", "policies"):
            self.assertEqual(self._get_steps()[key]["state"], "off")
            self.assertEqual(self._switch(key, True)["state"], "on")
            self.assertEqual(self._switch(key, False)["state"], "off")
        policies = self.env["customer.contact.policy"].with_context(active_test=False).search([])
        self.assertEqual(policies.mapped("days"), [30, 60, 120])

    def test_first_run_with_progress(self):
        self._switch("run", True)
        self.assertEqual(self._get_steps()["run"]["state"], "running")
        self._run_nightly()
        step = self._get_steps()["run"]
        self.assertEqual(step["state"], "on")

    def test_the_rates_say_what_is_wrong_without_them(self):
        self.assertIn("counts as free", self._get_steps()["rates"]["status"])
        self.company.customer_cost_per_delivery = 7
        self.assertEqual(self._get_steps()["rates"]["state"], "on")

    def _get_rates(self, steps=None):
        inputs = (steps or self._get_steps())["rates"]["inputs"]
        return {one["name"]: one["value"] for one in inputs}

    def test_rates_are_suggested_entered_and_taken_away(self):
        self.company.currency_id = self.env.ref("base.USD")
        self.assertEqual(len(self._get_rates()), 6)
        self.assertFalse(any(self._get_rates().values()))
        step = self._switch("rates", True)
        self.assertEqual((step["state"], step["status"]), ("on", "Rates set: 6 of 6."))
        self.assertEqual(self.company.customer_cost_per_delivery, 8)
        self.assertEqual(self.company.customer_capital_cost_percent, 8)
        steps = self._as(self.manager, "customer.first.steps")
        before = self._get_rates()
        steps.set_rates({"customer_cost_per_delivery": 5.5})
        self.assertEqual(self.company.customer_cost_per_delivery, 5.5)
        self._switch("rates", True)
        self.assertEqual(self.company.customer_cost_per_delivery, 5.5, "entered ones stay")
        self.assertEqual(self._switch("rates", False)["state"], "off")
        steps.set_rates(before)  # what the page does to take a step back
        self.assertEqual(self._get_rates(), before)

    def test_suggested_rates_are_in_the_currency_of_the_company(self):
        euro = self._create_company("Second Ltd", self.env.ref("base.EUR"))
        self.manager.company_ids |= euro
        rate = {"currency_id": euro.currency_id.id, "company_id": euro.id, "name": "2026-01-01"}
        self.env["res.currency.rate"].create(
            [
                rate | {"company_rate": 1.0},
                rate | {"currency_id": self.env.ref("base.USD").id, "company_rate": 4.0},
            ]
        )
        self._switch("rates", True, euro)
        self.assertEqual(euro.customer_cost_per_delivery, 2)
        self.assertEqual(euro.customer_cost_per_interaction_minute, 0.12, "two digits")
        self.assertEqual(euro.customer_capital_cost_percent, 8, "percents are of no currency")
        self.assertFalse(self.company.customer_cost_per_delivery)

    def test_only_rates_and_only_numbers(self):
        steps = self._as(self.manager, "customer.first.steps")
        for values in ({"name": 1}, {"customer_cost_per_delivery": "7"}, ["x"]):
            with self.assertRaises(UserError):
                steps.set_rates(values)
        with self.assertRaises(ValidationError):
            steps.set_rates({"customer_cost_per_delivery": -1})
        for user in (self.own_salesperson, self.service):
            with self.assertRaises(AccessError):
                self._as(user, "customer.first.steps").set_rates({})
            self.assertFalse(self._get_steps(user)["rates"]["inputs"])

    def test_tiers_are_switched_off_and_come_back(self):
        tiers = self.env["customer.tier"].with_context(active_test=False)
        own = tiers.search([("company_id", "=", self.company.id)])
        step = self._get_steps()["tiers"]
        self.assertEqual(step["state"], "on")
        self.assertIn("Nobody rises any more", step["confirm"])
        self._invoice(self.customer, "2026-06-01", 100)
        self._run_nightly()
        tier = self._profile(self.customer).tier_id
        self.assertTrue(tier)
        self.assertEqual(self._switch("tiers", False)["state"], "off")
        late = self._create_customer("Comes later")
        self._invoice(late, "2026-06-02", 100)
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).tier_id, tier)
        self.assertFalse(self._profile(late).tier_id)
        self.assertEqual(self._switch("tiers", True)["state"], "on")
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).tier_id, tier)
        self.assertEqual(self._profile(late).tier_id, tier)
        self.assertEqual(tiers.search([("company_id", "=", self.company.id)]), own)

    def test_a_company_without_tiers_begins_with_four(self):
        company = self._create_company("Second Ltd", self.env.ref("base.EUR"))
        self.manager.company_ids |= company
        tiers = self.env["customer.tier"].with_context(active_test=False)
        tiers.search([("company_id", "=", company.id)]).unlink()
        self.env["res.lang"]._activate_lang("en_US")
        self.assertEqual(self._get_steps(company=company)["tiers"]["state"], "off")
        step = self._switch("tiers", True, company)
        self.assertEqual(step["status"], "Tiers: Bronze, Silver, Gold, and Platinum.")
        self.env["res.lang"]._activate_lang("fa_IR")
        steps = self._as(self.manager, "customer.first.steps", company)
        page = steps.with_context(lang="fa_IR").get_steps()
        [status] = [step["status"] for step in page["steps"] if step["key"] == "tiers"]
        self.assertEqual((status.count("،"), status.count(",")), (3, 0), status)

    def test_the_prediction_is_learned_at_once(self):
        models = self.env["customer.prediction.model"].sudo()
        models.search([]).unlink()
        self.assertFalse(self._get_steps()["prediction"]["switch"], "too few customers")
        rows = [
            {
                "partner_id": self._create_customer(f"Buyer {number}").id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "occasion_count": 1,
            }
            for number in range(50)
        ]
        self.env["customer.profile"].sudo().create(rows)
        step = self._get_steps()["prediction"]
        self.assertEqual((step["state"], step["switch"]), ("waiting", True))
        self.assertTrue(step["button"])
        self.assertEqual(self._switch("prediction", True)["state"], "running")
        self._switch("prediction", True)
        self.assertEqual(len(models.search([("company_id", "=", self.company.id)])), 1)
        models.search([])._fit()
        self.assertNotEqual(self._get_steps()["prediction"]["state"], "running")

    def test_prediction_says_what_it_waits_for(self):
        step = self._get_steps()["prediction"]
        self.assertEqual(step["state"], "waiting")
        self.assertIn("50 customers", step["status"])

    def test_others_see_who_switches_it_on(self):
        page = self._as(self.own_salesperson, "customer.first.steps").get_steps()
        self.assertFalse(page["can_switch"])
        self.assertIn("mina", page["who"])
        self.assertFalse(any(step["action"] for step in page["steps"]))
        with self.assertRaises(AccessError):
            self._as(self.own_salesperson, "customer.first.steps").switch("feedback", True)
        with self.assertRaises(UserError):
            self._as(self.manager, "customer.first.steps").switch("_check_steps_access", True)
        with self.assertRaises(AccessError):
            self._as(self.accountant, "customer.first.steps").get_steps()

    def test_each_link_opens_for_managers(self):
        for step in self._get_steps().values():
            if step["action"]:
                action = self.env.ref(step["action"]).with_user(self.manager)
                self.env(user=self.manager)[action.sudo().res_model].check_access("read")

    def test_a_later_company_has_what_the_first_one_has(self):
        company = self._create_company("Second Ltd", self.env.ref("base.EUR"))
        branch = self._create_branches(company)[:1]
        everything = (
            *("customer.complaint.team", "customer.service.standard", "customer.tier"),
            *("customer.feedback.rule", "customer.feedback.factor"),
        )
        for model in everything:
            records = self.env[model].with_context(active_test=False)
            first, second, third = (
                records.search_count([("company_id", "=", one.id)])
                for one in (self.company, company, branch)
            )
            self.assertTrue(first)
            self.assertEqual((second, third), (first, first), model)
        standards = self.env["customer.service.standard"].with_context(active_test=False)
        ours = standards.search([("company_id", "=", company.id)])
        self.assertFalse(any(ours.mapped("active")), "a promise is made by who keeps it")
        team = self.env["customer.complaint.team"].search([("company_id", "=", company.id)])
        self.assertFalse(team.member_ids or team.user_id)
        self.assertFalse(team.alias_name)

    def test_two_companies_decide_apart(self):
        second = self._create_company("Second Ltd", self.env.ref("base.EUR"))
        self.manager.company_ids |= second
        self._switch("feedback", True, second)
        self.assertEqual(self._get_steps(company=second)["feedback"]["state"], "on")
        self.assertEqual(self._get_steps()["feedback"]["state"], "off")

    # === EMPTY LISTS ===

    def _get_help(self, action, user=None):
        action = self.env.ref(f"customer_value.{action}").with_user(user or self.own_salesperson)
        context = {"allowed_company_ids": self.company.ids, "lang": "en_US"}
        return (
            action.sudo()
            .with_user(user or self.own_salesperson)
            .with_context(**context)
            ._get_action_dict()["help"]
        )

    def test_empty_lists_say_what_is_off_and_who_switches_it_on(self):
        for action, key in (
            ("customer_feedback_request_action", "feedback"),
            ("customer_complaint_deadline_action", "standards"),
            ("customer_profile_action_contact_due", "policies"),
        ):
            text = self._get_help(action)
            self.assertIn("switched off", text, action)
            self.assertIn("mina", text)
            self._switch(key, True)
            self.assertNotIn("switched off", self._get_help(action))

    def test_empty_lists_say_what_the_prediction_waits_for(self):
        for action in ("customer_profile_action_leaving", "customer_prediction_model_action"):
            text = self._get_help(action)
            self.assertIn("not worked out yet", text)
            self.assertIn("50 customers", text)

    def test_every_list_of_the_menus_says_what_it_waits_for(self):
        """But for those that are filled by the installation, and windows without rows."""
        menus = self.env["ir.ui.menu"].search([])
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.menu"), ("module", "=", "customer_value")]
        )
        ours = menus.filtered(lambda menu: menu.id in data.mapped("res_id"))
        actions = [menu.action.sudo() for menu in ours if menu.action]
        silent = {
            action.xml_id
            for action in actions
            if action.type == "ir.actions.act_window" and not action.help
        }
        self.assertGreater(len(actions), 80)
        rows = ("customer.feedback.rule", "customer.play.template", "customer.lost.reason")
        rows += ("customer.complaint.team", "customer.complaint.stage")
        rows += ("customer.complaint.category", "mail.template")
        windows = ("customer.settings", "customer.feedback.record", "customer.tier.preview")
        for name in silent:
            model = self.env.ref(name).sudo().res_model
            self.assertIn(model, rows + windows, name)
            if model in rows:
                self.assertTrue(self.env[model].with_context(active_test=False).search([], limit=1))

    def test_names_are_no_markup(self):
        self.manager.name = "<b>Mina</b>"
        self.assertNotIn("<b>Mina", self._get_help("customer_feedback_request_action"))

    # === SETTINGS ===

    def test_managers_open_and_write_the_settings(self):
        settings = self._as(self.manager, "customer.settings")
        self.assertFalse(self.manager.has_group("base.group_system"))
        with Form(settings) as form:
            form.customer_cost_per_delivery = 12.5
            form.feedback_quiet_days = 45
        self.assertEqual(self.company.customer_cost_per_delivery, 12.5)
        self.assertEqual(self.company.feedback_quiet_days, 45)

    def test_what_is_linked_already_may_stay(self):
        """A journal that the manager may not read keeps nobody from saving the page."""
        clerk = self._create_user("roya", "customer_value.customer_value_group_manager")
        journals = self.env["account.journal"].search([("type", "=", "general")], limit=2)
        self.assertEqual(len(journals), 2)
        self.assertFalse(journals.with_user(clerk).has_access("read"))
        self.company.customer_points_journal_id = journals[0]
        settings = self._as(clerk, "customer.settings")
        values = {"customer_points_journal_id": journals[0].id, "feedback_quiet_days": 17}
        settings.create(values).execute()
        self.assertEqual(self.company.feedback_quiet_days, 17)
        self.assertEqual(self.company.customer_points_journal_id, journals[0])
        with self.assertRaises(AccessError):
            settings.create({"customer_points_journal_id": journals[1].id})

    def test_what_did_not_change_has_nobody_refreshed(self):
        runs = self.env["customer.refresh.run"].sudo()
        before = runs.search_count([])
        settings = self._as(self.manager, "customer.settings")
        names = [name for name in settings._get_setting_names()]
        values = settings.default_get(names)
        company = self.company.sudo()
        values |= {
            name: company._fields[name].convert_to_write(company[name], company) for name in names
        }
        settings.create(values).execute()
        self.assertEqual(runs.search_count([]), before)

    def test_all_our_settings_are_on_the_page(self):
        """A new setting of ours belongs into the mixin, or managers cannot reach it."""
        odoo = self.env["res.config.settings"]._fields
        ours = {
            name
            for name, field in odoo.items()
            if set(field._modules) == {"customer_value"} and field.related
        }
        self.assertEqual(ours, self.env["customer.settings"]._get_setting_names())
        arch = self._as(self.manager, "customer.settings").get_view(view_type="form")["arch"]
        for name in ours:
            self.assertIn(f'name="{name}"', arch)

    def test_nobody_else_writes_them(self):
        for user in (self.own_salesperson, self.accountant, self.service):
            with self.assertRaises(AccessError):
                self._as(user, "customer.settings").create({"feedback_quiet_days": 1})

    def test_nothing_but_our_settings_of_this_company(self):
        second = self._create_company("Second Ltd", self.env.ref("base.EUR"))
        settings = self._as(self.manager, "customer.settings")
        self.manager.company_ids |= second
        both = settings.with_context(allowed_company_ids=(self.company | second).ids)
        both.create({"feedback_quiet_days": 11, "company_id": second.id})
        self.assertNotEqual(second.feedback_quiet_days, 11)
        self.assertEqual(self.company.feedback_quiet_days, 11)
        with self.assertRaises(ValidationError):
            settings.create({"feedback_quiet_days": -1})
        self.assertFalse({"name", "parent_id", "user_ids"} & settings._fields.keys())
