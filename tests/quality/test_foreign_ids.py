import re

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..gate.gate_common import SECRET, GateCommon
from ..tools.any_record import AnyRecords
from .test_public_surface import SURFACE

PROGRAMS = "customer.api"
# Refused before anybody looks at the record: keys are made in a browser, by their own window.
OTHERWISE = {("customer.api.key", "action_make_key")}
# Administrators erase a person wherever the person is.
EVERYWHERE = {"privacy.lookup.wizard"}
WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"


@tagged("post_install", "-at_install")
class TestForeignIds(GateCommon):
    """B10: every public method, with a company or with records that are not the caller's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._create_user("robo", "customer_value.customer_value_group_api")
        cls.admin = cls._create_user(
            "boss",
            "base.group_system,customer_value.customer_value_group_manager,"
            "sales_team.group_sale_manager,account.group_account_manager,stock.group_stock_manager",
        )
        values = {"direction": "in", "needs_answer": True}
        cls.secrets["customer.interaction"].write(values)  # there is a response to wait for
        cls.any = AnyRecords(cls.env, cls.other_company, cls.secrets)
        cls.theirs = {"allowed_company_ids": cls.other_company.ids}

    def _call(self, user, name, method, args, kwargs, context):
        """Return (answer or error, rows written) of a call over RPC."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute(WRITTEN)
        before = self.env.cr.fetchone()[0]
        try:
            with self.env.cr.savepoint():
                env = self.env(user=user.id, su=False, context={})
                answer = call_kw(env[name], method, args, {**kwargs, "context": context})
                self.env.flush_all()
        except UserError as error:
            answer = error
        self.env.invalidate_all(flush=False)
        self.env.cr.execute(WRITTEN)
        return answer, self.env.cr.fetchone()[0] - before

    def _get_methods(self):
        for name, methods in SURFACE.items():
            if name not in (PROGRAMS, *EVERYWHERE) and not self.env[name]._abstract:
                for method in sorted(methods):
                    yield name, method

    def test_records_of_others(self):
        """As the mightiest of one company: refused, nothing written, nothing told."""
        tried, wrong, without = 0, [], []
        for name, method in self._get_methods():
            record = self.any.find(name)
            if not record:
                without.append(name)
                continue
            for context in ({"metric": "revenue_total"}, self.theirs):
                tried += 1
                args = (
                    [record.ids] if method != "get_timeline" else [self.secrets["res.partner"].id]
                )
                answer, written = self._call(self.admin, name, method, args, {}, context)
                refusals = UserError if (name, method) in OTHERWISE else (AccessError, MissingError)
                if written or not isinstance(answer, refusals):
                    wrong.append((name, method, sorted(context), str(answer)[:300], written))
                self.assertNotIn(SECRET, re.sub(f"^{SECRET}$", "", str(answer)))
        # Shares of the cash of weeks are there once payments are expected.
        self.assertEqual(set(without) - {"customer.cash.share", "customer.points.balance"}, set())
        self.assertEqual(wrong, [])
        self.assertGreater(tried, 100)

    def test_methods_for_programs_with_another_company(self):
        other, partner = self.other_company.id, self.secrets["res.partner"].id
        row = {"request_key": "k", "kind": "call", "subject": "x", "partner_id": partner}
        complaint = {"request_key": "k", "subject": "x", "partner_id": partner}
        answer = {"request_key": "k", "kind": "rating", "rating": 4, "partner_id": partner}
        calls = {
            "create_complaint": {"complaint": complaint},
            "find_customers": {"email": "x@x.example"},
            "get_summary": {"partner_id": partner},
            "log_feedback": {"answers": [answer]},
            "log_interactions": {"interactions": [row]},
            "pull_changes": {"cursor": ""},
        }
        self.assertEqual(set(calls), SURFACE[PROGRAMS])
        for method, kwargs in calls.items():
            for company, context in (
                (other, {}),
                (other, self.theirs),
                (self.company.id, self.theirs),
            ):
                with self.subTest(method=method, company=company, context=context):
                    given = {"company_id": company, **kwargs}
                    found, written = self._call(self.program, PROGRAMS, method, [], given, context)
                    self.assertIsInstance(found, AccessError)
                    self.assertEqual(written, 0)

    def test_partner_of_another_company(self):
        """The own company is named, the customer belongs to another one."""
        given = {"company_id": self.company.id, "partner_id": self.secrets["res.partner"].id}
        found, written = self._call(self.program, PROGRAMS, "get_summary", [], given, {})
        self.assertIsInstance(found, UserError)
        self.assertEqual(written, 0)
