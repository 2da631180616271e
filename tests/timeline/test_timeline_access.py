from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import freeze_time, tagged

from .common import TimelineCommon


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestTimelineAccess(TimelineCommon):
    """Nobody sees a trace of a document they could not open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._create_user("aref", "account.group_account_readonly")
        cls.both = cls._create_user(
            "bita", "customer_value.customer_value_group_user,stock.group_stock_user"
        )
        cls.everything = cls._rows()
        cls.users = (
            cls.salesperson
            | cls.own_salesperson
            | cls.accountant
            | cls.auditor
            | cls.manager
            | cls.service_user
            | cls.both
        )

    def test_row_by_row(self):
        """A row is visible exactly when its document may be read."""
        for user in self.users:
            visible = set(self._rows(user).ids)
            for row in self.everything:
                self.env.invalidate_all()
                with self.subTest(user=user.login, kind=row.kind, model=row.res_model):
                    self.assertEqual(row.id in visible, self._may_read(user, row))

    def _may_read(self, user, row):
        document = self.env[row.res_model].browse(row.res_id).with_user(user)
        may_read = document.has_access("read")
        if row.res_model == "rating.rating":  # and what was rated
            may_read = may_read and self.order.with_user(user).has_access("read")
        if row.res_model == "loyalty.card":  # and the movement
            may_read = may_read and self.points.with_user(user).has_access("read")
        return may_read

    def test_somebody_misses_something(self):
        """The test above would prove nothing if everybody saw everything."""
        sizes = {user.login: len(self._rows(user)) for user in self.users}
        self.assertEqual(sizes["mina"], len(self.everything))
        self.assertLess(sizes["olga"], sizes["sam"])
        self.assertLess(sizes["sima"], sizes["bita"])

    def test_own_documents(self):
        self.assertNotIn("order", self._rows(self.own_salesperson).mapped("kind"))
        self.order.user_id = self.own_salesperson
        rows = self._rows(self.own_salesperson).filtered(lambda r: r.res_model == "sale.order")
        self.assertEqual(rows.mapped("res_id"), [self.order.id] * len(rows))
        self.assertLessEqual({"order", "email", "sms", "message"}, set(rows.mapped("kind")))

    def test_amounts_of_own_documents(self):
        """An amount is visible exactly where its document is: salespeople see their own."""
        self.order.user_id = self.own_salesperson
        self.invoice.invoice_user_id = self.own_salesperson
        amounts = {row.id: row.amount for row in self._rows()}
        for user in self.users:
            rows = self._rows(user)
            with self.subTest(user=user.login):
                self.assertEqual(
                    {row.id: row.amount for row in rows}, {row.id: amounts[row.id] for row in rows}
                )
        rows = self._rows(self.own_salesperson)
        self.assertEqual(
            {(row.kind, row.amount) for row in rows if row.amount},
            {("order", 200), ("invoice", 100)},
        )

    def test_no_trace_by_any_way(self):
        """Whatever way one asks, exactly the readable rows count, with their amounts."""
        self.order.user_id = self.own_salesperson
        amounts = {row.id: row.amount for row in self._rows()}
        for user in self.users:
            self.env.invalidate_all()
            readable = {row.id for row in self._rows() if self._may_read(user, row)}
            user.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
            for way, (found, total) in self._ask_every_way(user).items():
                with self.subTest(user=user.login, way=way):
                    self.assertEqual(found, readable if isinstance(found, set) else len(readable))
                    expected = sum(amounts[row] for row in readable)
                    self.assertAlmostEqual(expected if total is None else total, expected)
            self._assert_previews_refused(user, set(amounts) - readable)

    def _ask_every_way(self, user):
        """Return way -> (ids or number of rows, sum of amounts or None)."""
        timeline = self.timeline.with_user(user)
        domain = [("customer_id", "=", self.customer.id)]
        rows = timeline.search(domain)
        read = timeline.search_read(domain, ["amount"])
        web = timeline.web_search_read(domain, {"amount": {}})
        exported = rows.export_data([".id", "amount"])["datas"]
        entries = timeline.get_timeline(self.customer.id, limit=500)["entries"]
        grouped = timeline._read_group(domain, ["res_model"], ["__count", "amount:sum"])
        formatted = timeline.formatted_read_group(
            domain, ["res_model", "kind"], ["__count", "amount:sum"]
        )
        shown = timeline.web_read_group(domain, ["kind"], ["amount:sum"])
        everywhere = timeline.search([("date", ">=", "2000-01-01")])
        return {
            "search": (set(rows.ids), None),
            "search by date": (
                set(everywhere.filtered(lambda r: r.customer_id == self.customer).ids),
                None,
            ),
            "search_count": (timeline.search_count(domain), None),
            "read": ({v["id"] for v in rows.read(["amount"])}, sum(rows.mapped("amount"))),
            "search_read": ({v["id"] for v in read}, sum(v["amount"] for v in read)),
            "web_search_read": (
                {v["id"] for v in web["records"]},
                sum(v["amount"] for v in web["records"]),
            ),
            "export": (
                {int(row[0]) for row in exported},
                sum(float(row[1] or 0) for row in exported),
            ),
            "get_timeline": (
                {entry["id"] for entry in entries},
                sum(entry["amount"] or 0 for entry in entries),
            ),
            "_read_group": (
                sum(count for _model, count, _sum in grouped),
                sum(total or 0 for _model, _count, total in grouped),
            ),
            "formatted_read_group": (
                sum(group["__count"] for group in formatted),
                sum(group["amount:sum"] or 0 for group in formatted),
            ),
            "web_read_group": (
                sum(group["__count"] for group in shown["groups"]),
                sum(group["amount:sum"] or 0 for group in shown["groups"]),
            ),
        }

    def _assert_previews_refused(self, user, hidden):
        for row in self.timeline.with_user(user).browse(sorted(hidden)):
            self.env.invalidate_all()
            with self.subTest(user=user.login, row=row.id), self.assertRaises(AccessError):
                row.get_preview()

    def test_forbidden_rows_by_id(self):
        """Guessing ids tells nothing, also with a cache filled by somebody else."""
        row = self.everything.filtered(lambda r: r.kind == "order")
        for user in (self.own_salesperson, self.service_user):
            seen = row.with_user(user)
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                seen.check_access("read")
            self.assertFalse(seen.exists())
            for call in (
                lambda seen=seen: seen.read(["subject"]),
                lambda seen=seen: seen.web_read({"subject": {}}),
                seen.get_preview,
                seen.action_open_document,
                lambda seen=seen: seen.subject,
            ):
                self.env.invalidate_all()
                with self.subTest(user=user.login):
                    self._assert_refused(call)
            self.env.invalidate_all()
            self.assertFalse(seen.search([("id", "in", seen.ids)]))

    def _assert_refused(self, call):
        """Odoo reads missing records as nothing and refuses the rest."""
        try:
            self.assertFalse(call(), "A forbidden row was read")
        except (AccessError, MissingError):
            return

    def test_rows_by_id(self):
        """Reading by id looks at nothing but the own documents of the rows."""
        self.env.invalidate_all()
        rows = self._rows(self.manager)
        again = self.timeline.with_user(self.manager).browse(rows.ids)
        self.env.invalidate_all()
        self.assertEqual(again.exists(), again)
        self.assertEqual(
            [value["res_id"] for value in again.read(["res_id"])], rows.mapped("res_id")
        )

    def test_private_meeting(self):
        self.meeting.with_user(self.salesperson).privacy = "private"
        self.assertIn("meeting", self._rows(self.salesperson).mapped("kind"))
        self.assertNotIn("meeting", self._rows(self.manager).mapped("kind"))
        self.meeting.with_user(self.salesperson).privacy = False
        self.assertIn("meeting", self._rows(self.manager).mapped("kind"))
        self.env["res.users.settings"]._find_or_create_for_user(
            self.salesperson
        ).calendar_default_privacy = "private"
        self.assertNotIn("meeting", self._rows(self.manager).mapped("kind"))

    def test_whose_a_mail_is(self):
        """The company's of its document; on a contact all share it is nobody's, so everybody's."""
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        seller = self._create_user(
            "elena",
            "customer_value.customer_value_group_user,sales_team.group_sale_salesman_all_leads",
        )
        seller.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        values = {
            "author_id": self.contact.id,
            "message_type": "email",
            "date": "2026-06-08 08:00:00",
        }
        on_contact, on_order = self.env["mail.message"].create(
            [
                {**values, "model": "res.partner", "res_id": self.contact.id, "subject": "Hello"},
                {**values, "model": "sale.order", "res_id": self.order.id, "subject": "Where?"},
            ]
        )
        self.env.flush_all()

        def get_mails(user, company):
            timeline = self.timeline.with_user(user).with_context(allowed_company_ids=company.ids)
            rows = timeline.search([("date", ">=", "2026-06-07"), ("kind", "=", "email")])
            return {(row.res_model, row.subject): row.company_id for row in rows}

        shared = {("res.partner", on_contact.subject): self.env["res.company"]}
        own = {("sale.order", on_order.subject): self.company}
        self.assertEqual(get_mails(seller, other), shared)
        self.assertEqual(get_mails(self.manager, self.company), shared | own)
        self.customer.company_id = self.contact.company_id = self.company
        self.assertEqual(get_mails(seller, other), {})

    def test_two_companies(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._create_move(self.customer, "2026-06-10", 77, company=other).action_post()
        in_other = self.timeline.with_company(other).with_context(allowed_company_ids=other.ids)
        [row] = in_other.search(
            [("customer_id", "=", self.customer.id), ("company_id", "=", other.id)]
        )
        self.assertEqual((row.amount, row.currency_id), (77, other.currency_id))
        self.assertNotIn(other, self._rows(self.manager).company_id)
        self.manager.company_ids |= other
        both = self.timeline.with_user(self.manager).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.env.invalidate_all()
        rows = both.search([("customer_id", "=", self.customer.id)])
        self.assertEqual(len(rows), len(self.everything) + 1)
        currencies = {row.company_id: row.currency_id for row in rows if row.kind == "invoice"}
        self.assertEqual(
            currencies,
            {self.company: self.company.currency_id, other: other.currency_id},
        )

    def test_message_on_a_hidden_document(self):
        """An e-mail is as secret as the order it hangs on, even for its other recipients."""
        self.mail_out.partner_ids = [Command.link(self.service_user.partner_id.id)]
        kinds = self._rows(self.service_user).filtered(lambda r: r.res_model == "sale.order")
        self.assertFalse(kinds)
