from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import freeze_time, tagged

from .timeline_common import TimelineCommon


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
                document = self.env[row.res_model].browse(row.res_id).with_user(user)
                with self.subTest(user=user.login, kind=row.kind, model=row.res_model):
                    may_read = document.has_access("read")
                    if row.res_model == "rating.rating":  # and what was rated
                        may_read = may_read and self.order.with_user(user).has_access("read")
                    if row.res_model == "loyalty.card":  # and the movement
                        may_read = may_read and self.points.with_user(user).has_access("read")
                    self.assertEqual(row.id in visible, may_read)

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

    def test_amounts_by_right(self):
        for user in (self.salesperson, self.manager, self.accountant):
            amounts = {row.kind: row.amount for row in self._rows(user)}
            self.assertEqual(amounts["invoice"], 100)
        self.order.user_id = self.own_salesperson
        self.invoice.invoice_user_id = self.own_salesperson
        rows = self._rows(self.own_salesperson)
        self.assertIn("invoice", rows.mapped("kind"))
        self.assertFalse(any(rows.mapped("amount")))
        timeline = self.timeline.with_user(self.own_salesperson)
        domain = [("customer_id", "=", self.customer.id)]
        self.assertFalse(timeline._read_group(domain, [], ["amount:sum"])[0][0])
        self.assertFalse(timeline.search([*domain, ("amount", ">", 0)]))
        entries = timeline.get_timeline(self.customer.id)["entries"]
        self.assertEqual({entry["amount"] for entry in entries}, {False})

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
