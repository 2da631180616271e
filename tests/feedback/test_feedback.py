from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import NOW, FeedbackCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestFeedback(FeedbackCommon):
    """The answer itself: what it can be, what it knows, who may do what with it."""

    def test_default_factors_of_every_company(self):
        other = self._create_company("Second", self.env.ref("base.EUR"))
        for company in (self.company, other):
            factors = self.env["customer.feedback.factor"]._get_factors(company)
            self.assertEqual(
                factors.mapped("name"),
                ["Quality", "Performance", "On-time delivery", "Relationship"],
            )
            rules = self.env["customer.feedback.rule"].search([("company_id", "=", company.id)])
            self.assertFalse(rules, "nobody is asked before somebody switches a rule on")

    def test_answers_that_are_none(self):
        cases = [
            ("rating", {}, "from 1 to 5"),
            ("rating", {"rating": 0}, "from 1 to 5"),
            ("rating", {"rating": 6}, "from 1 to 5"),
            ("nps", {"nps": None}, "from 0 to 10"),
            ("nps", {"nps": 11}, "from 0 to 10"),
            ("gap", {}, "one topic"),
            ("gap", {"levels": {self.factors[0].id: (3, None)}}, "“Quality”"),
            ("gap", {"levels": {0: (3, 3)}}, "one topic"),
            ("rating", {"rating": 3, "comment": "x" * 4001}, "4000 characters"),
        ]
        for kind, answer, sentence in cases:
            with self.subTest(answer=answer), self.assertRaisesRegex(UserError, sentence):
                self.feedback._register_answer(self.company, self.customer, kind, answer)

    def test_zero_is_an_answer(self):
        feedback = self.feedback._register_answer(self.company, self.customer, "nps", {"nps": 0})
        self.env.invalidate_all()
        self.assertEqual(feedback.read(["nps", "rating"])[0]["nps"], 0)
        self.assertIs(feedback.rating, False)
        self.assertTrue(feedback.is_low)

    def test_gap_is_the_mean(self):
        levels = {self.factors[0].id: (5, 3), self.factors[1].id: (2, 3)}
        feedback = self.feedback._register_answer(
            self.company, self.customer, "gap", {"levels": levels}
        )
        self.assertEqual(feedback.gap, -0.5)
        self.assertEqual(feedback.line_ids.mapped("gap"), [-2, 1])

    def test_answer_knows_document_products_and_people(self):
        order = self._order(self.customer, user_id=self.own_salesperson.id)
        picking = self._deliver(order)
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        for document, user in ((picking, self.own_salesperson), (invoice, self.salesperson)):
            feedback = self._rate(self.customer, 4, res_model=document._name, res_id=document.id)
            self.assertEqual(feedback.user_id, user)
            self.assertEqual(feedback.category_ids, self.product.categ_id)
            self.assertEqual(feedback.document_name, document.display_name)
            self.assertEqual(feedback.action_open_document()["res_id"], document.id)

    def test_recorded_by_an_agent(self):
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        wizard = Form(
            self.env["customer.feedback.record"]
            .with_user(self.salesperson)
            .with_context(active_model="res.partner", active_id=self.customer.id)
        )
        wizard.kind = "gap"
        with wizard.line_ids.edit(0) as line:
            line.expectation, line.perception = "4", "5"
        wizard.document_ref = f"account.move,{invoice.id}"
        record = wizard.save()
        self.assertEqual(len(record.line_ids), 4)
        feedback = self.feedback.browse(record.action_save()["res_id"])
        self.assertEqual(feedback.gap, 1)
        self.assertEqual(feedback.recorded_by_id, self.salesperson)
        self.assertEqual((feedback.source, feedback.res_id), ("agent", invoice.id))

    def test_agents_cannot_record_nonsense(self):
        invoice = self._invoice(self.other_customer, "2026-06-01", 100)
        records = self.env["customer.feedback.record"].with_user(self.salesperson)
        values = {"partner_id": self.customer.id, "kind": "rating", "rating": "4"}
        cases = [
            ({"rating": False}, "from 1 to 5"),
            ({"date": "2026-06-16"}, "in the future"),
            ({"document_ref": f"account.move,{invoice.id}"}, "is not a document of Azure"),
        ]
        for wrong, sentence in cases:
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, sentence):
                records.create(values | wrong).action_save()
        stranger = self._create_company("Second", self.env.ref("base.EUR"))
        wizard = records.sudo().create(values | {"company_id": stranger.id})
        with self.assertRaisesRegex(UserError, "among your companies"):
            wizard.with_user(self.salesperson).sudo(False)._check_may_record()

    def test_nobody_changes_an_answer(self):
        feedback = self._rate(self.customer, 4)
        for user in (self.service_user, self.salesperson, self.accountant, self.manager):
            own = feedback.with_user(user)
            self.assertEqual(own.rating, 4)
            for vals in ({"rating": 5}, {"comment": "x"}, {"is_void": True}):
                with self.assertRaises(AccessError):
                    own.write(vals)
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.copy()

    def test_void_with_reason_by_managers(self):
        feedback = self._rate(self.customer, 1)
        voids = self.env["customer.feedback.void"]
        with self.assertRaises(AccessError):
            voids.with_user(self.salesperson).create({"feedback_id": feedback.id, "reason": "x"})
        with self.assertRaisesRegex(AccessError, "Only managers"):
            feedback.with_user(self.salesperson)._void("x")
        with self.assertRaisesRegex(UserError, "Tell why"):
            feedback.with_user(self.manager)._void(" ")
        self._drain()
        wizard = voids.with_user(self.manager).create(
            {"feedback_id": feedback.id, "reason": "Meant for another supplier"}
        )
        wizard.action_void()
        self.assertTrue(feedback.is_void)
        self.assertEqual(feedback.voided_by_id, self.manager)
        self.assertIn("Meant for another supplier", feedback.message_ids[0].body)
        queue = self.env["customer.refresh.queue"].search([])
        self.assertIn(self.customer, queue.partner_id)
        self.assertFalse(feedback.activity_ids, "nobody has to answer it any more")
        feedback.with_user(self.manager).action_restore()
        self.assertFalse(feedback.is_void or feedback.void_reason)
        with self.assertRaisesRegex(AccessError, "Only managers"):
            feedback.with_user(self.salesperson).action_restore()

    def test_portal_and_public_see_nothing(self):
        feedback = self._rate(self.customer, 4)
        request, _token = self._request()
        portal = new_test_user(self.env, login="pari", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            for record in (feedback, request, self.factors[0]):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["id"])
                with self.assertRaises(AccessError):
                    record.with_user(user).search([])
        for user in (self.salesperson, self.manager):
            with self.assertRaises(AccessError):
                request.with_user(user).read(["token_hash"])
            with self.assertRaises(AccessError):
                request.with_user(user).search([("token_hash", "=like", "a%")])

    def test_companies_do_not_mix(self):
        other = self._create_company("Second", self.env.ref("base.EUR"))
        feedback = self.feedback._register_answer(other, self.customer, "rating", {"rating": 1})
        self.assertEqual(feedback.company_id, other)
        with self.assertRaises(AccessError):
            feedback.with_user(self.salesperson).read(["rating"])
        count = self.customer.with_user(self.salesperson).customer_feedback_count
        self.assertEqual(count, 0)

    def test_contact_button_costs_the_same_for_any_number(self):
        partners = self.env["res.partner"]
        for number in range(40):
            partners |= self._create_customer(f"Contact {number}")
        for partner in partners[:3]:
            self._rate(partner, 4)
        counts = []
        for number in (1, 4, 40):  # the first warms up
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = partners[:number].with_user(self.salesperson).mapped("customer_feedback_count")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(sum(found), min(number, 3))
        self.assertEqual(counts[1], counts[2])

    def test_merging_and_deleting_contacts_lose_nothing(self):
        feedback = self._rate(self.other_customer, 4)
        request, _token = self._request(self.other_customer)
        with self.assertRaisesRegex(UserError, "gave feedback"):
            self.other_customer.unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other_customer).ids, self.customer)
        self.env.invalidate_all()
        for record in (feedback, request):
            self.assertEqual(record.partner_id, self.customer)
            self.assertEqual(record.customer_id, self.customer)

    def test_new_parent_takes_the_answers(self):
        contact = self.env["res.partner"].create({"name": "Sara", "email": "sara@example.com"})
        feedback = self._rate(contact, 4)
        contact.parent_id = self.customer
        self.assertEqual(feedback.customer_id, self.customer)

    def test_timeline_opens_the_answer(self):
        feedback = self._rate(self.customer, 2)
        timeline = self.env["customer.timeline"].with_user(self.salesperson)
        page = timeline.get_timeline(self.customer.id, kinds=["feedback"])
        self.assertEqual(
            [(row["res_model"], row["res_id"], row["subject"]) for row in page["entries"]],
            [("customer.feedback", feedback.id, "2 / 5")],
        )
        entry = timeline.browse(page["entries"][0]["id"])
        self.assertEqual(entry.action_open_document()["res_model"], "customer.feedback")

    def test_exports_have_no_formulas(self):
        payloads = ["=1+1", "@SUM(1)", "\t=1", "\r=1", " =HYPERLINK('x')", "\n=1"]
        for payload in payloads:
            feedback = self.feedback.create(
                {
                    "kind": "rating",
                    "rating": 4,
                    "partner_id": self.customer.id,
                    "comment": payload,
                    "document_name": payload,
                }
            )
            rows = feedback.export_data(["comment", "document_name"])["datas"]
            for cell in rows[0]:
                self.assertFalse(cell.lstrip(" \n").startswith(("=", "@", "\t", "\r")), payload)
