from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, TODAY, AccountPlanCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestAccountPlan(AccountPlanCommon):
    """Aims, what is measured, reviews, who sees what, merges, lists and the page to print."""

    # === AIMS AND PROGRESS ===

    def test_progress_is_the_way_from_the_start_to_the_target(self):
        plan = self._plan(("revenue", 800), ("net_profit", 1000))
        revenue, profit = plan.aim_ids.sorted("target")
        self.assertEqual((revenue.start_value, revenue.progress, revenue.state), (400, 0, "on_way"))
        self._sell(self.customer, "2026-06-10", 100)
        self._refresh_all()
        self.assertEqual(revenue.progress, 25, "100 of the 400 that were missing")
        self.assertIn("500", revenue.current_text)
        self.assertEqual(profit.progress, 6.1, "40 of the 660 that were missing")
        self.assertAlmostEqual(plan.progress, (25 + 6.1) / 2, 0)
        self._sell(self.customer, "2026-06-11", 300)
        self._refresh_all()
        self.assertEqual((revenue.progress, revenue.state), (100, "reached"))

    def test_an_aim_that_falls_back_stands_at_nothing(self):
        plan = self._plan(("revenue", 800))
        refund = self._credit(
            self.env["account.move"].search([("partner_id", "=", self.customer.id)], limit=1),
            "2026-06-12",
            150,
        )
        self.assertEqual(refund.state, "posted")
        self._refresh_all()
        self.assertEqual(plan.aim_ids.progress, 0)
        self.assertIn("250", plan.aim_ids.current_text)

    def test_not_enough_data_is_no_zero(self):
        nobody = self._create_customer("Never bought")
        plan = self._plan(("revenue", 800), ("satisfaction", 90), customer=nobody)
        for aim in plan.aim_ids:
            self.assertEqual((aim.state, aim.progress), ("no_data", False))
            self.assertEqual(aim.current_text, "Not enough data")
            self.assertIs(aim.start_value, False)
        self.assertIs(plan.progress, False)

    def test_an_aim_without_a_start_counts_once_it_is_reached(self):
        plan = self._plan(("satisfaction", 80))
        for score, progress in ((60, False), (80, 100)):
            self.env.cr.execute(
                "UPDATE customer_profile SET satisfaction = %s WHERE partner_id = %s",
                (score, self.customer.id),
            )
            self.env.invalidate_all()
            self.assertEqual(plan.aim_ids.progress, progress)

    def test_missed_after_its_day(self):
        plan = self._plan(("revenue", 800, {"date": "2026-06-15"}))
        self.assertEqual(plan.aim_ids.state, "on_way", "the day itself counts")
        plan.aim_ids.date = "2026-06-14"
        self.assertEqual(plan.aim_ids.state, "missed")

    def test_reached_in_time_stays_reached(self):
        """By the refresh of that day, whatever the value does later; a new target is asked anew."""
        plan = self._plan(("revenue", 800, {"date": "2026-06-20"}))
        aim = plan.aim_ids
        sold = self._sell(self.customer, "2026-06-14", 400)
        self._refresh_all()
        self.assertEqual(aim.sudo().reached_day, date(2026, 6, 15))
        self._credit(sold, "2026-06-15")
        self._refresh_all()
        with freeze_time("2026-06-25 09:00:00"):
            self._refresh_all()
            self.assertEqual((aim.state, aim.progress), ("reached", 0))
            aim.target = 900
            self.assertEqual(aim.state, "missed")
            aim.target = 300
            self.assertEqual(aim.state, "late")

    def test_reached_after_its_day_is_late(self):
        plan = self._plan(("revenue", 800, {"date": "2026-06-20"}), ("revenue", 500))
        late, in_time = plan.aim_ids.sorted("date")
        with freeze_time("2026-06-25 09:00:00"):
            self._sell(self.customer, "2026-06-24", 400)
            self.env.invalidate_all()
            self._refresh_all()
            self.assertEqual((late.state, late.progress), ("late", 100))
            self.assertEqual(in_time.state, "reached")
            late.date = "2026-06-25"
            self.assertEqual(late.state, "reached")
            late.date = "2026-06-20"
            self._review(plan, "Done.", is_closing=True, result="partly")
        with freeze_time("2027-09-25 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual((late.state, in_time.state), ("late", "reached"))

    def test_category_with_those_below_it(self):
        plan = self._plan(("category", 200, {"category_id": self.paint.id}))
        aim = plan.aim_ids
        self.assertEqual((aim.start_value, aim.progress), (0, 0))
        sold = self._sell(self.customer, "2026-06-01", 60, product=self.tin)
        self._sell(self.other_customer, "2026-06-01", 500, product=self.tin)
        self._sell(self.customer, "2025-06-15", 70, product=self.tin)
        self.env.invalidate_all()
        self.assertEqual(aim.progress, 30, "a year ago to the day is out, others' is others'")
        self._credit(sold, "2026-06-02", 20)
        self.env.invalidate_all()
        self.assertEqual(aim.progress, 20)
        child = self.env["res.partner"].create(
            {"name": "Branch office", "parent_id": self.customer.id}
        )
        self._sell(child, "2026-06-03", 160, product=self.tin)
        self.env.invalidate_all()
        self.assertEqual(aim.state, "reached")

    def test_two_companies_and_a_branch(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self.manager.company_ids |= other
        branch = self._create_branches(self.company)[0]
        self._sell(self.customer, "2026-06-01", 50, company=branch, product=self.tin)
        self._sell(self.customer, "2026-06-01", 30, company=other, product=self.tin)
        self._refresh_all(self.company, other)
        category = {"category_id": self.varnish.id}
        here = self._plan(("category", 100, category), ("revenue", 1000))
        there = self._plan(("category", 60, category), company_id=other.id)
        self.assertEqual(here.aim_ids.sorted("target").mapped("start_value"), [50, 450])
        self.assertEqual(there.aim_ids.start_value, 30)
        self.assertIn("€", there.aim_ids.target_text)
        alone = there.with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            alone.read(["strategy"])

    def test_same_queries_for_ten_and_for_fifty(self):
        customers = self.env["res.partner"].create(
            [{"name": f"C {n}", "user_id": self.own_salesperson.id} for n in range(50)]
        )
        aims = [("revenue", 9), ("satisfaction", 9), ("category", 9, {"category_id": 1})]
        aims[2][2]["category_id"] = self.paint.id
        plans = self.plans.union(*(self._plan(*aims, customer=one) for one in customers))
        counts = []
        for some in (plans[:2], plans[:10], plans):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some = some.with_user(self.own_salesperson)  # noqa: PLW2901
            some.mapped("progress")
            some.aim_ids.mapped("current_text")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_what_no_aim_can_be(self):
        for aims in (("revenue", 0), ("revenue", -5)):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._plan(aims)
        for aims in (("satisfaction", 101), ("category", 50)):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._plan(aims)

    def test_another_measure_starts_anew_and_the_plan_tells_of_changes(self):
        plan = self._plan(("revenue", 800))
        plan.aim_ids.target = 900
        self.assertIn("900", plan.message_ids[:1].body)
        plan.aim_ids.write({"measure": "satisfaction", "target": 70})
        self.assertIs(plan.aim_ids.start_value, False)
        plan.write({"review_date": "2026-07-01"})
        self.env.flush_all()
        with self.assertRaises(AccessError):
            plan.aim_ids.write({"start_value": 1})

    # === ONE OPEN PLAN, REVIEWS, HISTORY ===

    def test_one_open_plan_per_customer_and_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        plan = self._plan(customer=contact)
        self.assertEqual(plan.partner_id, self.customer, "the customer, not the contact")
        self.assertEqual(plan.user_id, self.own_salesperson)
        with self.assertRaisesRegex(UserError, "open plan"), self.env.cr.savepoint():
            self._plan()
        self._review(plan, is_closing=True, result="partly")
        self.assertTrue(self._plan())

    def test_review_keeps_what_was_measured(self):
        plan = self._plan(("revenue", 800))
        self._sell(self.customer, "2026-06-10", 100)
        self._refresh_all()
        self._review(plan, "They like us.", next_date="2026-09-01")
        self.assertEqual(plan.review_date, date(2026, 9, 1))
        review = plan.review_ids
        self.assertEqual(
            (review.progress, review.note, review.user_id), (25, "They like us.", self.manager)
        )
        self._sell(self.customer, "2026-06-11", 300)
        self._refresh_all()
        self.assertEqual(review.progress, 25)
        self._review(plan, "Done.", is_closing=True, result="reached")
        self.assertEqual((plan.state, plan.result, plan.progress), ("closed", "reached", 100))
        self._sell(self.customer, "2026-06-12", 300, move_type="out_refund")
        self._refresh_all()
        self.assertEqual(plan.progress, 100, "a closed plan is history")
        for change in (
            {"strategy": "x"},
            {"aim_ids": [Command.create({"measure": "revenue", "target": 1})]},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                plan.write(change)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            plan.aim_ids.target = 5
        with self.assertRaises(UserError), self.env.cr.savepoint():
            plan.unlink()
        with self.assertRaises(AccessError):
            plan.review_ids.write({"note": "Never said"})

    def test_review_needs_a_day_or_a_result(self):
        plan = self._plan()
        for values in ({"next_date": TODAY}, {"next_date": False}, {"is_closing": True}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._review(plan, **values)

    def test_overdue_reviews_are_listed(self):
        due = self._plan(review_date=TODAY)
        later = self._plan(customer=self.other_customer, review_date="2026-06-16")
        domain = [("is_review_due", "=", True)]
        self.assertEqual(self.plans.with_user(self.manager).search(domain), due)
        self.assertIn(later, self.plans.search([("is_review_due", "=", False)]))
        self.assertTrue(due.is_review_due)
        rows = self.env(user=self.own_salesperson)["customer.today"].get_day()["rows"]
        mine = [row for row in rows if row["id"] == self.customer.id]
        self.assertEqual([row["kind"] for row in mine], ["account_review"])
        self._review(due, next_date="2026-08-01")
        rows = self.env(user=self.own_salesperson)["customer.today"].get_day()["rows"]
        self.assertNotIn(self.customer.id, [row["id"] for row in rows])

    def test_a_plan_stays_with_its_customer(self):
        plan = self._plan()
        with self.assertRaises(UserError):
            plan.partner_id = self.other_customer.id

    def test_next_steps_are_activities_of_the_plan(self):
        plan = self._plan()
        step = plan.activity_schedule(
            "mail.mail_activity_data_call", summary="Call the buyer", user_id=self.manager.id
        )
        self.assertEqual(plan.activity_ids, step)
        html = self._print(plan, self.manager)
        self.assertIn("Call the buyer", html)

    # === PEOPLE ===

    def test_people_are_of_the_customer(self):
        ann = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        plan = self._plan(user=self.own_salesperson)
        values = {"is_decider": True, "is_payer": True, "attitude": "for"}
        plan.contact_ids = [Command.create({"partner_id": ann.id, **values})]
        self.assertEqual(plan.contact_ids.roles_text, "Decides, Pays")
        with self.assertRaises(ValidationError):
            plan.contact_ids = [Command.create({"partner_id": self.other_customer.id})]

    # === WHO SEES WHAT ===

    def test_salesperson_sees_own_customers_without_profit(self):
        plan = self._plan(("revenue", 800), ("net_profit", 500))
        theirs = self._plan(customer=self.other_customer)
        seen = self.plans.with_user(self.own_salesperson)
        self.assertEqual(seen.search([]), plan)
        self.env.invalidate_all()
        mine = plan.with_user(self.own_salesperson)
        self.assertEqual(mine.aim_ids.mapped("measure"), ["revenue"])
        self.assertEqual(mine.aim_ids.current_text, plan.aim_ids[0].current_text)
        with self.assertRaises(AccessError):
            mine.aim_ids.create({"plan_id": plan.id, "measure": "net_profit", "target": 1})
        with self.assertRaises(AccessError):
            theirs.with_user(self.own_salesperson).read(["strategy"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.unlink()
            self._plan(user=self.own_salesperson, customer=self.other_customer)
        html = self._print(mine, self.own_salesperson)
        self.assertNotIn("Net profit", html)
        self.assertIn("Net profit", self._print(plan, self.manager))

    def test_revenue_of_documents_one_may_not_read_is_not_told(self):
        plan = self._plan(("revenue", 1000), ("category", 90, {"category_id": self.paint.id}))
        self._sell(self.customer, "2026-06-01", 77, invoice_user_id=self.manager.id)
        self._refresh_all()
        self._review(plan, next_date="2026-09-01")
        mine = plan.with_user(self.own_salesperson)
        self.assertEqual(set(mine.aim_ids.mapped("state")), {"not_shown"})
        self.assertEqual(mine.aim_ids.mapped("current_text"), [False, False])
        self.assertIs(mine.progress, False)
        self.assertIs(mine.review_ids.progress, False)
        self.assertEqual(mine.review_ids.reading_ids.mapped("value_text"), [False, False])
        with self.assertRaises(AccessError):
            mine.review_ids.reading_ids.read(["value"])
        all_leads = plan.with_user(self.salesperson)
        self.assertEqual(set(all_leads.aim_ids.mapped("state")), {"on_way"})

    def test_portal_and_accountants_see_nothing(self):
        plan = self._plan(("revenue", 800))
        portal = new_test_user(self.env, login="pari", groups="base.group_portal")
        for user in (portal, self.accountant, self.stock_user):
            with self.assertRaises(AccessError):
                plan.with_user(user).read(["strategy"])
            with self.assertRaises(AccessError):
                self.plans.with_user(user)._open_for(self.customer, self.company)

    # === LISTS ===

    def _make(self, user, records, **values):
        wizard = self.env["customer.account.plan.make"].with_user(user)
        context = {"active_model": records._name, "active_ids": records.ids}
        return wizard.with_context(**context).create(values)

    def test_plans_for_chosen_customers(self):
        self.env.cr.execute("UPDATE customer_profile SET value_class = 'A'")
        self.env.invalidate_all()
        archived = self._create_customer("Gone", active=False)
        small = self._create_customer("Small")
        chosen = self.customer | self.other_customer | archived | small
        wizard = self._make(self.manager, chosen.with_context(active_test=False))
        self.assertEqual((wizard.found_count, wizard.made_count), (3, 2), "archived are not listed")
        self.assertEqual(wizard.left_out_text, "of another class: 1")
        self.assertFalse(self.plans.search([]), "a dry run makes nothing")
        wizard.action_make()
        plan = self._find_plan(self.customer)
        self.assertEqual(plan.user_id, self.own_salesperson)
        self.assertEqual(plan.aim_ids.target, 440, "a tenth more")
        again = self._make(
            self.manager, self._profile(self.customer) | self._profile(self.other_customer)
        )
        self.assertEqual((again.made_count, again.left_out_text), (0, "have an open plan: 2"))
        with self.assertRaises(UserError):
            again.action_make()
        by_hand = self._make(self.manager, small, is_class_only=False, growth_percent=0)
        by_hand.action_make()
        self.assertTrue(self._find_plan(small))

    def _find_plan(self, customer):
        return self.plans.search([("partner_id", "=", customer.id)])

    def test_a_salesperson_makes_plans_for_own_customers_only(self):
        self._sell(self.customer, "2026-06-01", 77, invoice_user_id=self.manager.id)
        self._refresh_all()
        chosen = self.customer | self.other_customer
        wizard = self._make(self.own_salesperson, chosen, is_class_only=False, satisfaction=80)
        self.assertEqual(wizard.left_out_text, "customers of somebody else: 1")
        wizard.action_make()
        plan = self._find_plan(self.customer)
        self.assertEqual(plan.aim_ids.mapped("measure"), ["satisfaction"], "revenue is not theirs")

    def test_opened_from_contact_and_profile(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        action = contact.with_user(self.own_salesperson).action_open_account_plan()
        self.assertEqual(action["context"]["default_partner_id"], self.customer.id)
        self.assertFalse(action["res_id"])
        plan = self._plan()
        self.assertEqual(contact.with_user(self.manager).customer_account_plan_id, plan)
        profile = self._profile(self.customer).with_user(self.own_salesperson)
        self.assertEqual(profile.action_open_account_plan()["res_id"], plan.id)

    # === MERGES, DELETING, PRINT ===

    def _merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.create({})._merge([one.id for one in partners], partners[0])
        self.env.invalidate_all()

    def test_merge_keeps_plans_and_people(self):
        ann, anna, bob = self.env["res.partner"].create(
            [
                {"name": "Ann", "parent_id": self.customer.id},
                {"name": "Anna", "parent_id": self.customer.id},
                {"name": "Bob", "parent_id": self.other_customer.id},
            ]
        )
        kept = self._plan(("revenue", 800), strategy="Visit")
        kept.contact_ids = [
            Command.create({"partner_id": ann.id, "is_decider": True}),
            Command.create({"partner_id": anna.id, "is_payer": True, "note": "In May"}),
        ]
        other = self._plan(("satisfaction", 80), customer=self.other_customer, strategy="Call")
        other.contact_ids = [Command.create({"partner_id": bob.id})]
        self._review(other, "Before", next_date="2026-07-01")
        other.activity_schedule("mail.mail_activity_data_call", summary="Ring")
        self._merge(ann, anna)
        self.assertEqual(kept.contact_ids.roles_text, "Decides, Pays")
        self._merge(self.customer, self.other_customer)
        self.assertEqual((kept.state, other.state), ("open", "closed"))
        self.assertEqual(kept.aim_ids.mapped("measure"), ["revenue", "satisfaction"])
        self.assertEqual(kept.contact_ids.partner_id, ann | bob)
        self.assertEqual((kept.review_ids.note, kept.activity_ids.summary), ("Before", "Ring"))
        self.assertEqual(kept.strategy, "Visit\n\nCall")
        self.assertEqual((kept | other).partner_id, self.customer)
        self.assertEqual(kept.review_date, date(2026, 7, 1))

    def test_a_contact_with_a_plan_is_not_deleted(self):
        nobody = self._create_customer("Never bought")
        self._plan(customer=nobody)
        with self.assertRaises(UserError):
            nobody.unlink()

    def _print(self, plan, user):
        report = self.env["ir.actions.report"].with_user(user)
        name = "customer_value.report_account_plan"
        return report._render_qweb_html(name, plan.ids)[0].decode()

    def test_print_in_both_directions(self):
        plan = self._plan(("revenue", 800), strategy="Visit them")
        self.assertIn('dir="ltr"', self._print(plan, self.manager))
        self.env["res.lang"]._activate_lang("fa_IR")
        self.manager.lang = "fa_IR"
        html = self._print(plan.with_context(lang="fa_IR"), self.manager)
        self.assertIn('dir="rtl"', html)
        self.assertIn("Visit them", html)
        with self.assertRaises(AccessError):
            self._print(plan, self.accountant)
