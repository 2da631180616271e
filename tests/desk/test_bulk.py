from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import DeskCommon

COUNTED = 12
# Lists of customers without the action, and why.
NO_STEP = {
    "customer.bulk.line": "the journal of such a step",
    "customer.phone.number": "numbers are set up here, nobody is looked for",
    "customer.play.optout": "who wants to be left alone",
    "customer.profit.part": "parts of the profit of one customer",
    "customer.refresh.queue": "what failed to be worked out, for administrators",
}


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestBulk(DeskCommon):
    """One step for many customers: dry run, journal, taking back; nothing pretends a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].union(
            *(
                cls._add_known(f"Customer {number}", email=f"c{number}@example.com")
                for number in range(4)
            )
        )
        for number, customer in enumerate(cls.customers):
            customer.email = f"c{number}@example.com"
        cls.profiles = cls.env["customer.profile"].search([("partner_id", "in", cls.customers.ids)])
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    @classmethod
    def _add_known(cls, name, user=None, company=None, email=False, **prediction):
        return super()._add_known(name, user, company, **prediction)

    def _planned(self, customers=None):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", (customers or self.customers).ids)]
        )

    # === FOLLOW-UPS ===

    def test_follow_ups_go_to_each_salesperson(self):
        self.customers[3].user_id = False
        window = self._get_bulk(self.service, self.profiles, "activity", summary="Season")
        told = window.action_start()["params"]
        self.assertEqual(told["message"], "Done for 4 of 4.", "nobody was left out")
        bulk = self._as(self.service, "customer.bulk").browse(told["bulk_id"])
        planned = self._planned()
        self.assertEqual(planned.mapped("summary"), ["Season"] * 4)
        users = {activity.res_id: activity.user_id for activity in planned}
        self.assertEqual(users[self.customers[0].id], self.own_salesperson)
        self.assertEqual(users[self.customers[3].id], self.service, "nobody's: the user's own")
        self.assertEqual(bulk.done_count, 4)

    def test_follow_ups_for_one_person(self):
        self._start(self.service, self.profiles, "activity", user_id=self.salesperson.id)
        self.assertEqual(self._planned().user_id, self.salesperson)

    def test_work_is_given_to_our_people_only(self):
        self.company.name = "Ours"
        guest = new_test_user(self.env, "guest", groups="base.group_portal", name="Guest")
        elsewhere = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        stranger = new_test_user(
            self.env, "far", name="Far", company_id=elsewhere.id, company_ids=elsewhere.ids
        )
        for user in (guest, stranger):
            for kind in ("activity", "assign"):
                window = self._get_bulk(self.manager, self.profiles, kind)
                window.sudo().user_id = user
                with self.assertRaisesRegex(UserError, f"{user.name} does not work in Ours"):
                    window.action_start()
        self.assertFalse(self._planned())

    def test_a_plan_is_no_contact(self):
        before = self.env["customer.interaction"].search_count([])
        messages = self.env["mail.message"].search_count([("model", "=", "res.partner")])
        self._start(self.service, self.profiles, "activity")
        self.assertEqual(self.env["customer.interaction"].search_count([]), before)
        self.assertEqual(
            self.env["mail.message"].search_count([("model", "=", "res.partner")]), messages
        )

    def test_dry_run_says_who_is_left_out_and_why(self):
        self._start(self.service, self.profiles[:1], "activity")
        self.customers[1].active = False
        window = self._get_bulk(self.service, self.profiles, "activity")
        self.assertEqual(window.found_count, 4)
        self.assertEqual(window.done_count, 2)
        self.assertIn("Contact is archived: 1", window.left_out_text)
        self.assertIn("Such an activity is planned already: 1", window.left_out_text)
        self.assertEqual(len(self._planned()), 1, "a dry run plans nothing")
        bulk = self._as(self.service, "customer.bulk").browse(
            window.action_start()["params"]["bulk_id"]
        )
        self.assertEqual((bulk.done_count, bulk.left_out_count), (2, 2))

    def test_another_kind_of_activity_does_not_count(self):
        self._start(self.service, self.profiles, "activity")
        mail = self.env.ref("mail.mail_activity_data_email")
        window = self._get_bulk(self.service, self.profiles, "activity", activity_type_id=mail.id)
        self.assertEqual(window.done_count, 4)

    def test_undo_keeps_what_was_done(self):
        bulk = self._start(self.service, self.profiles, "activity")
        done = self._planned(self.customers[0])
        done.action_feedback(feedback="They want two desks")
        told = bulk.action_undo()
        self.assertFalse(self._planned())
        self.assertTrue(done.exists())
        self.assertIn("Taken back for: 3.", told["params"]["message"])
        self.assertIn("Not for 1", told["params"]["message"])
        self.assertEqual(sorted(bulk.line_ids.mapped("state")), ["kept"] + ["undone"] * 3)
        with self.assertRaises(UserError):
            bulk.action_undo()

    def test_undo_leaves_other_plans(self):
        bulk = self._start(self.service, self.profiles, "activity")
        other = self.customers[0].activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.service.id
        )
        bulk.action_undo()
        self.assertEqual(self._planned(), other)

    # === SALESPERSON ===

    def test_assign_and_undo(self):
        self.customers[0].user_id = self.salesperson
        bulk = self._start(self.manager, self.profiles, "assign", user_id=self.salesperson.id)
        self.assertEqual(self.customers.user_id, self.salesperson)
        self.assertEqual((bulk.done_count, bulk.left_out_count), (3, 1))
        self.customers[1].user_id = self.accountant
        bulk.action_undo()
        self.assertEqual(
            self.customers.mapped("user_id.login"), ["sam", "anna", "olga"], "in this order"
        )
        self.assertEqual(self.customers[3].user_id, self.own_salesperson)

    def test_assign_gives_back_nobody(self):
        self.customers[:2].user_id = False
        bulk = self._start(self.manager, self.profiles, "assign", user_id=self.salesperson.id)
        bulk.action_undo()
        self.assertFalse(self.customers[:2].user_id)
        self.assertEqual(self.customers[2:].user_id, self.own_salesperson)

    def test_assign_is_about_the_customer_not_its_contact(self):
        contact = self.env["res.partner"].create(
            {"name": "Parisa", "parent_id": self.customers[0].id}
        )
        self._start(self.manager, contact, "assign", user_id=self.salesperson.id)
        self.assertEqual(self.customers[0].user_id, self.salesperson)

    def test_who_may_not_change_contacts_assigns_nobody(self):
        window = self._get_bulk(self.service, self.profiles, "assign", user_id=self.salesperson.id)
        self.assertIn("You may not change this contact: 4", window.left_out_text)
        with self.assertRaises(UserError):
            window.action_start()
        self.assertEqual(self.customers.user_id, self.own_salesperson)

    def test_assign_needs_somebody(self):
        with self.assertRaises(UserError):
            self._get_bulk(self.manager, self.profiles, "assign").action_start()

    # === FEEDBACK ===

    def test_ask_leaves_out_who_must_not_be_asked(self):
        self.customers[0].email = False
        self.customers[1].feedback_optout = True
        self.env["mail.blacklist"].create({"email": self.customers[2].email})
        window = self._get_bulk(self.service, self.profiles, "feedback")
        self.assertEqual(window.done_count, 1)
        for text in ("No e-mail address: 1", "not want to be asked: 1", "blacklist: 1"):
            self.assertIn(text, window.left_out_text)

    def test_ask_nobody_of_another_company(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self.service.company_ids |= other
        self.customers[0].company_id = other
        window = self._as(self.service, "customer.bulk.start", self.company | other).create(
            {"kind": "feedback", "partner_ids": self.customers.ids}
        )
        self.assertEqual((window.company_id, window.done_count), (self.company, 3))
        self.assertIn("Belongs to another company: 1", window.left_out_text)

    def test_ask_and_undo(self):
        bulk = self._start(self.service, self.profiles, "feedback")
        requests = bulk.sudo().line_ids.request_id
        self.assertEqual(requests.mapped("state"), ["queued"] * 4)
        again = self._get_bulk(self.service, self.profiles, "feedback")
        self.assertEqual(again.done_count, 0, "they wait already")
        requests[0].sudo().state = "sent"
        told = bulk.action_undo()
        self.assertEqual(requests.exists(), requests[0])
        self.assertIn("Not for 1: asked already.", told["params"]["message"])

    def test_ask_one_contact_per_customer(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.customers[0].id, "email": f"{name}@example.com"}
                for name in ("ali", "sara")
            ]
        )
        window = self._get_bulk(self.service, contacts, "feedback")
        self.assertEqual(window.done_count, 1)

    # === MAILS AND PLAYS ===

    def test_mail_goes_to_who_has_an_address(self):
        self.customers[0].email = "nonsense"
        action = self._get_bulk(self.service, self.profiles, "mail").action_start()
        self.assertEqual(action["res_model"], "mail.compose.message")
        self.assertEqual(set(action["context"]["default_res_ids"]), set(self.customers[1:].ids))
        self.assertFalse(self.env["customer.bulk"].search([]), "nothing has been done yet")

    def test_play_for_managers_only(self):
        kinds = dict(self._as(self.service, "customer.bulk.start")._get_kinds())
        self.assertNotIn("play", kinds)
        action = self._get_bulk(self.manager, self.profiles, "play").action_start()
        self.assertEqual(action["res_model"], "customer.play.start")

    # === WHERE FROM, WHO ===

    def test_from_every_list_of_customers(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "customer.bulk.start")]
        )
        bound = set(actions.binding_model_id.mapped("model"))
        self.assertEqual(len(actions), len(bound), "once in each list")
        self.assertEqual(set(actions.mapped("binding_view_types")), {"list,kanban"})
        for name in bound - {"res.partner"}:
            self.assertTrue(self._names_customer(name), name)
        views = self.env["ir.ui.view"].search(
            [("type", "=", "list"), ("model", "=like", "customer.%"), ("inherit_id", "=", False)]
        )
        lists = {name for name in views.mapped("model") if self._names_customer(name)}
        self.assertGreater(len(lists), 40)
        self.assertEqual(lists - bound, set(NO_STEP))
        self.env["customer.interaction"].create(
            {"partner_id": self.customers[2].id, "date": "2026-06-10 08:00:00"}
        )
        self.env.flush_all()
        for name in lists & bound:
            domain = [("date", ">", "2026-01-01")] if name == "customer.timeline" else []
            rows = self._as(self.manager, name).search(domain, limit=COUNTED)
            if rows.mapped("partner_id" if "partner_id" in rows._fields else "customer_id"):
                self.assertTrue(self._get_bulk(self.manager, rows, "activity").partner_ids, name)
        moved = self.env["customer.tier.change"].sudo()
        moved = moved.create(
            {
                "partner_id": self.customers[1].id,
                "company_id": self.company.id,
                "date": "2026-06-01",
                "new_tier_id": self.env["customer.tier"].search([], limit=1).id,
                "reason": "upgrade",
            }
        )
        window = self._get_bulk(self.service, moved, "activity")
        self.assertEqual(window.partner_ids, self.customers[1])
        complaint = self.env["customer.complaint"].create(
            {"subject": "Scratched", "partner_id": self.customers[0].id}
        )
        window = self._get_bulk(self.service, complaint, "activity")
        self.assertEqual(window.partner_ids, self.customers[0])

    def _names_customer(self, name):
        fields_ = self.env[name]._fields
        names = [one for one in ("partner_id", "customer_id") if one in fields_]
        return any(fields_[one].comodel_name == "res.partner" for one in names)

    def test_lists_of_others_bring_nobody(self):
        window = self._get_bulk(self.service, self.product, "activity")
        self.assertFalse(window.partner_ids)
        with self.assertRaises(UserError):
            window.action_start()

    def test_only_the_author_or_a_manager_takes_back(self):
        bulk = self._start(self.service, self.profiles, "activity")
        with self.assertRaises(AccessError):
            bulk.with_user(self.salesperson).action_undo()
        bulk.with_user(self.manager).action_undo()
        self.assertFalse(self._planned())

    def test_the_journal_is_written_by_us_only(self):
        bulk = self._start(self.service, self.profiles, "activity")
        for user in (self.service, self.manager):
            with self.assertRaises(AccessError):
                bulk.with_user(user).write({"is_undone": True})
            with self.assertRaises(AccessError):
                bulk.with_user(user).line_ids.write({"state": "undone"})

    def test_who_does_not_work_with_customers(self):
        nobody = new_test_user(self.env, "nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._get_bulk(nobody, self.customers, "activity")

    def test_another_company_sees_nothing(self):
        bulk = self._start(self.service, self.profiles, "activity")
        euro = self._create_company("Euro Ltd", self.env.ref("base.EUR"))
        foreign = new_test_user(
            self.env,
            "foreign",
            groups="customer_value.customer_value_group_manager",
            company_id=euro.id,
            company_ids=[(6, 0, euro.ids)],
        )
        journal = self._as(foreign, "customer.bulk", euro)
        self.assertFalse(journal.search([]))
        with self.assertRaises(AccessError):
            journal.browse(bulk.id).action_undo()
        self.assertFalse(self._get_bulk(foreign, self.profiles, "activity", euro).partner_ids)

    def test_queries_do_not_grow(self):
        counts = []
        for size in (1, 2, COUNTED):
            customers = self.env["res.partner"].create(
                [{"name": f"Q{size}-{n}", "email": f"q{size}{n}@x.com"} for n in range(size)]
            )
            window = self._get_bulk(self.service, customers, "feedback")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            window._split()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:], "the first fills the caches")
