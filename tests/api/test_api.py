import json
import xmlrpc.client

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.api.api_error import InvalidInput, KeyReused, NotAllowed, NotFound
from .common import ApiCommon

LOGGER = "odoo.addons.customer_value.models.api.api_method"


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestApi(ApiCommon):
    def test_find_by_phone_however_it_is_written(self):
        for number in ("2015550199", "+1 201 555 0199", "001-201-555-0199"):
            found = self.api.find_customers(company_id=self.company.id, phone=number)
            self.assertEqual([row["partner_id"] for row in found], [self.contact.id], number)
            self.assertEqual(found[0]["customer_id"], self.customer.id)
            self.assertEqual(found[0]["matched_by"], ["phone"])

    def test_find_by_email_and_reference_best_first(self):
        self.other_customer.ref = "C-1"
        found = self.api.find_customers(
            company_id=self.company.id, email="info@azure.example", reference="C-1"
        )
        self.assertEqual(
            [(row["partner_id"], row["matched_by"]) for row in found],
            [(self.customer.id, ["email", "reference"]), (self.other_customer.id, ["reference"])],
        )
        one = self.api.find_customers(company_id=self.company.id, reference="C-1", limit=1)
        self.assertEqual(len(one), 1)
        self.assertEqual(self.api.find_customers(company_id=self.company.id, phone="12"), [])

    def test_find_numbers_of_no_plan(self):
        self.contact.phone = "555 01"
        found = self.api.find_customers(company_id=self.company.id, phone="555-01")
        self.assertEqual([row["partner_id"] for row in found], [self.contact.id])

    def test_summary_without_further_rights_has_no_money(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._run_nightly()
        self._log(date="2026-06-14T09:00:00+02:00")
        summary = self.api.get_summary(company_id=self.company.id, partner_id=self.contact.id)
        self.assertEqual(summary["customer_id"], self.customer.id)
        self.assertEqual(summary["stage"], "new")
        self.assertTrue(summary["tier"])
        keys = {section["key"] for section in summary["sections"]}
        self.assertFalse(keys & {"revenue", "profit", "payment", "orders"})
        self.assertIn("rhythm", keys)
        self.assertEqual(
            [item["name"] for item in summary["highlights"]],
            ["last_occasion_date", "satisfaction"],
        )
        self.assertEqual(summary["highlights"][0]["value"], "2026-05-01")
        [interaction] = summary["interactions"]
        self.assertEqual(interaction["date"], "2026-06-14T07:00:00Z")
        self.assertEqual(interaction["contact"], "Azure Interior, Brandon".split(", ")[1])
        self.assertNotIn("note", interaction)

    def test_summary_shows_money_to_whom_odoo_shows_it(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._run_nightly()
        for group, profit in (
            ("sales_team.group_sale_salesman_all_leads", False),
            ("account.group_account_readonly", True),
        ):
            user = self._create_user(group[-8:], f"{group},customer_value.customer_value_group_api")
            summary = self.api.with_user(user).get_summary(
                company_id=self.company.id, partner_id=self.customer.id
            )
            values = {
                item["name"]: item["value"]
                for section in summary["sections"]
                for item in section["items"]
            }
            self.assertEqual(values["revenue_total"], 100, group)
            self.assertEqual("gross_profit_365" in values, profit, group)

    def test_summary_of_a_contact_that_never_bought(self):
        summary = self.api.get_summary(
            company_id=self.company.id, partner_id=self.other_customer.id
        )
        self.assertEqual((summary["tier"], summary["segment"], summary["sections"]), ("", "", []))

    def test_log_records_and_queues_the_customer(self):
        self.env["customer.refresh.queue"].search([]).unlink()
        [answer] = self._log(
            kind="visit",
            direction="in",
            date="2026-06-14 12:30:00",
            duration_minutes=12.5,
            note="Line one\nLine two",
            outcome="done",
            needs_answer=True,
            user_login="sam",
        )
        record = self.env["customer.interaction"].browse(answer["id"])
        self.assertEqual(
            answer,
            {
                "request_key": "k1",
                "id": record.id,
                "created": True,
                "partner_id": self.contact.id,
                "customer_id": self.customer.id,
            },
        )
        self.assertEqual(record.customer_id, self.customer)
        self.assertEqual(record.company_id, self.company)
        self.assertEqual(record.kind, "visit")
        self.assertEqual(str(record.date), "2026-06-14 12:30:00")
        self.assertEqual(record.duration_minutes, 12.5)
        self.assertEqual(record.note, "Line one\nLine two")
        self.assertEqual(record.user_id, self.salesperson)
        self.assertTrue(record.needs_answer)
        self.assertEqual(record.create_uid, self.program)
        queue = self.env["customer.refresh.queue"].search([])
        self.assertEqual(queue.mapped("partner_id"), self.customer)

    def test_an_orm_record_looks_the_same(self):
        """What the ORM would have filled in is filled in by us, too."""
        [answer] = self._log()
        ours = self.env["customer.interaction"].browse(answer["id"])
        theirs = (
            self.env["customer.interaction"]
            .with_user(self.manager)
            .create({"kind": "call", "subject": "Asked for a price", "partner_id": self.contact.id})
        )
        odd = {"id", "user_id", "request_key", "request_hash", "display_name", "address"}
        odd |= {"create_uid", "create_date", "write_uid", "write_date", "needs_answer"}
        names = [
            name
            for name, field in ours._fields.items()
            if field.store and field.column_type and name not in odd
        ]
        self.assertEqual(
            ours.sudo().read(names, load=None)[0] | {"id": 0},
            theirs.sudo().read(names, load=None)[0] | {"id": 0},
        )

    def test_log_finds_the_contact_by_address(self):
        cases = (
            ({"phone": "+12015550199"}, self.contact, self.customer),
            ({"email": "INFO@azure.example"}, self.customer, self.customer),
            ({"reference": "C-1"}, self.customer, self.customer),
            ({"phone": "+12015550000"}, None, None),
        )
        for number, (address, contact, customer) in enumerate(cases):
            [answer] = self._log(self._interaction(f"a{number}", partner_id=0, **address))
            self.assertEqual(answer["partner_id"], contact.id if contact else 0, address)
            self.assertEqual(answer["customer_id"], customer.id if customer else 0, address)
        unknown = self.env["customer.interaction"].browse(answer["id"])
        self.assertEqual(unknown.address, "+12015550000")

    def test_log_takes_the_customer_when_several_contacts_fit(self):
        self.contact.copy({"name": "Brandon's twin", "parent_id": self.customer.id})
        [answer] = self._log(partner_id=0, phone="+12015550199")
        self.assertEqual(answer["partner_id"], self.customer.id)
        self.other_customer.phone = "+12015550199"
        [answer] = self._log(key="k2", partner_id=0, phone="+12015550199")
        self.assertEqual(answer["partner_id"], 0)

    def test_same_key_same_content_is_one_record(self):
        first = self._log(subject="Same")
        second = self._log(subject="Same")
        self.assertEqual(first[0]["id"], second[0]["id"])
        self.assertEqual((first[0]["created"], second[0]["created"]), (True, False))
        self.assertEqual(self._count(), 1)
        same = self._interaction("twice")
        both = self._log(same, dict(same))
        self.assertEqual([row["created"] for row in both], [True, False])
        self.assertEqual(self._count(), 2)

    def test_same_key_other_content_records_nothing(self):
        self._log(subject="First")
        batch = [self._interaction("new"), self._interaction("k1", subject="Other")]
        with self.assertRaisesRegex(KeyReused, "“k1”"), self.env.cr.savepoint():
            self._log(*batch)
        self.assertEqual(self._count(), 1)
        clash = [self._interaction("z"), self._interaction("z", subject="Other")]
        with self.assertRaisesRegex(KeyReused, "“z”"), self.env.cr.savepoint():
            self._log(*clash)
        self.assertEqual(self._count(), 1)

    def test_refusals_name_what_is_wrong_and_record_nothing(self):
        cases = {
            "“kind” must be one of call": {"kind": "smoke"},
            "“kind” is missing": {"kind": ""},
            "“subject” is missing": {"subject": "  "},
            "“subject” must be at most 255": {"subject": "x" * 256},
            "“subject” must be free of control": {"subject": "two\nlines"},
            "“subject” must be free of control characters": {"subject": "two\u2028lines"},
            "“note” must be free of control": {"note": "nul\x00"},
            "“note” must be free": {"note": "\ud800"},
            "“note” must be text": {"note": ["a"]},
            "“direction” must be one of in, out, both": {"direction": {}},
            "“date” must be a date and time": {"date": "yesterday"},
            "“date” lies in the future": {"date": "2026-06-18"},
            "“duration_minutes” must be a number": {"duration_minutes": "5"},
            "“duration_minutes” must be a number from 0": {"duration_minutes": float("nan")},
            "“duration_minutes” must be a number from 0 to": {"duration_minutes": -1},
            "“duration_minutes” must be a number from 0 to 1440": {"duration_minutes": 10**400},
            "“partner_id” must be a whole number": {"partner_id": True},
            "“partner_id” must be a whole number from 1 to": {"partner_id": 2**40},
            "Give “partner_id”, “phone”": {"partner_id": None},
            "“needs_answer” must be true or false": {"needs_answer": 1},
            "“request_key” is missing": {"key": None},
            "“request_key” must be at most 128": {"key": "k" * 129},
            "There is no field “colour”": {"colour": "red"},
        }
        for text, values in cases.items():
            with self.subTest(text):
                good = self._interaction("good")
                with self.assertRaises(InvalidInput) as caught:
                    self._log(good, self._interaction(**{"key": "bad", **values}))
                self.assertIn("Interaction 2: " + text, str(caught.exception))
        for text, values in (
            ("no contact 999999", {"partner_id": 999999}),
            ("“reason_id”|reason_id “999999”", {"reason_id": 999999}),
            ("user_login “nobody”", {"user_login": "nobody"}),
            ("reference “X-9”", {"partner_id": 0, "reference": "X-9"}),
        ):
            with self.assertRaisesRegex(NotFound, text):
                self._log(self._interaction("good"), self._interaction("bad", **values))
        for batch in (
            [],
            "x",
            None,
            {},
            5,
            ["x"],
            [[]],
            [self._interaction(str(n)) for n in range(101)],
        ):
            with self.assertRaises(InvalidInput):
                self.api.log_interactions(company_id=self.company.id, interactions=batch)
        self.assertEqual(self._count(), 0)

    def test_arguments_that_do_not_fit(self):
        for call in (
            lambda api: api.find_customers(),
            lambda api: api.find_customers(self.company.id, "1"),
            lambda api: api.find_customers(company_id=self.company.id),
            lambda api: api.find_customers(company_id=self.company.id, phone=5),
            lambda api: api.find_customers(company_id=self.company.id, email="a", limit=0),
            lambda api: api.find_customers(company_id=self.company.id, email="a", colour=1),
            lambda api: api.find_customers(company_id="1", email="a"),
            lambda api: api.get_summary(company_id=self.company.id, partner_id=False),
            lambda api: api.pull_changes(company_id=self.company.id, cursor="nonsense"),
            lambda api: api.pull_changes(company_id=self.company.id, cursor=7),
            lambda api: api.pull_changes(company_id=self.company.id, limit=1001),
        ):
            with self.assertRaises(InvalidInput):
                call(self.api)

    def test_errors_carry_no_traceback(self):
        with self.assertRaises(InvalidInput) as caught:
            self.api.find_customers(company_id=self.company.id)
        self.assertIsNone(caught.exception.__traceback__)

    @mute_logger(LOGGER)
    def test_a_fault_of_ours_shows_a_reference_only(self):
        self.patch(type(self.api), "_match_senders", lambda *args: 1 / 0)
        with self.assertRaisesRegex(UserError, "reference [0-9a-f]{12}") as caught:
            self.api.find_customers(company_id=self.company.id, reference="C-1")
        self.assertNotIn("division", str(caught.exception))
        self.assertEqual(caught.exception.http_status, 500)

    def test_answers_are_plain(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._run_nightly()
        self._log(partner_id=0, phone="+12015550000")
        company = self.company.id
        for answer in (
            self._log(key="k2"),
            self.api.find_customers(company_id=company, reference="C-1"),
            self.api.get_summary(company_id=company, partner_id=self.customer.id),
            self.api.get_summary(company_id=company, partner_id=self.other_customer.id),
            self.api.pull_changes(company_id=company),
        ):
            self._assert_plain(answer)
            json.dumps(answer)
            xmlrpc.client.dumps((answer,), allow_none=False)

    def _assert_plain(self, value):
        self.assertIn(type(value), (str, int, float, bool, list, dict))
        for part in (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        ):
            self._assert_plain(part)

    def test_sentences_are_in_the_language_of_the_caller(self):
        for lang in ("fa_IR", "xx_XX", ["fa_IR"], 5, {}):
            with self.assertRaises(InvalidInput):
                self.api.with_context(lang=lang).find_customers(company_id=self.company.id)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestApiAccess(ApiCommon):
    METHODS = {
        "create_complaint",
        "find_customers",
        "get_summary",
        "log_feedback",
        "log_interactions",
        "pull_changes",
    }

    def _calls(self, api, company):
        return {
            "find_customers": lambda: api.find_customers(company_id=company.id, reference="C-1"),
            "get_summary": lambda: api.get_summary(
                company_id=company.id, partner_id=self.customer.id
            ),
            "log_interactions": lambda: self._log(api=api, company=company),
            "pull_changes": lambda: api.pull_changes(company_id=company.id),
            "create_complaint": lambda: api.create_complaint(
                company_id=company.id,
                complaint={
                    "partner_id": self.customer.id,
                    "subject": "Scratched",
                    "request_key": "complaint-1",
                },
            ),
            "log_feedback": lambda: api.log_feedback(
                company_id=company.id,
                answers=[
                    {
                        "partner_id": self.customer.id,
                        "kind": "rating",
                        "rating": 5,
                        "request_key": "answer-1",
                    }
                ],
            ),
        }

    def test_public_methods_are_these(self):
        public = {
            name
            for cls in type(self.env["customer.api"]).__mro__
            if getattr(cls, "_module", None) == "customer_value"
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("_")
        } - {"default_get", "get_empty_list_help"}  # Odoo's own, of every model
        self.assertEqual(public, self.METHODS)
        for name in public:
            method = getattr(type(self.env["customer.api"]), name)
            self.assertTrue(method._api_model, name)
            self.assertIn("Public: RPC", method.__doc__)
            self.assertIn(":return:", method.__doc__)

    def test_only_api_access_may_call(self):
        employee = new_test_user(self.env, login="emin", groups="base.group_user")
        portal = new_test_user(self.env, login="pari", groups="base.group_portal")
        for user in (employee, portal, self.salesperson, self.manager, self.accountant):
            api = self.env["customer.api"].with_user(user)
            for name, call in self._calls(api, self.company).items():
                with self.subTest(user=user.login, method=name), self.assertRaises(NotAllowed):
                    call()
        self.assertEqual(self._count(), 0)
        for call in self._calls(self.api, self.company).values():
            call()

    def test_api_access_alone_reads_no_record(self):
        """Not even what every employee may read."""
        for name, model in self.env.items():
            if model._abstract or not model._auto:
                continue
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(
                    model.with_user(self.program).has_access(operation), f"{operation} {name}"
                )
            with self.assertRaises(AccessError, msg=name):
                model.with_user(self.program).search_read([], ["id"], limit=1)
        other = self.env["res.users"].with_user(self.program).browse(self.manager.id)
        other.invalidate_recordset()
        with self.assertRaises(AccessError):
            other.read(["login"])

    def test_further_rights_count_as_everywhere(self):
        user = self._create_user(
            "both", "sales_team.group_sale_salesman,customer_value.customer_value_group_api"
        )
        self.assertTrue(self.env["sale.order"].with_user(user).has_access("read"))
        self.assertTrue(self.env["res.partner"].with_user(self.salesperson).has_access("read"))

    def test_foreign_companies(self):
        other = self._create_company("Other Inc", self.env.ref("base.EUR"))
        for api in (
            self.api,
            self.api.with_context(allowed_company_ids=[other.id]),
            self.api.with_context(allowed_company_ids=[self.company.id, other.id]),
        ):
            for name, call in self._calls(api, other).items():
                with self.subTest(name), self.assertRaises(NotAllowed):
                    call()
        injected = self.api.with_context(allowed_company_ids=[other.id, self.company.id])
        for name, call in self._calls(injected, self.company).items():
            with self.subTest(name), self.assertRaises(NotAllowed):
                call()
        for nonsense in ("x", ["x"], [[1]], {"a": 1}, [None], [2**40], 5):
            api = self.api.with_context(allowed_company_ids=nonsense)
            with self.subTest(nonsense), self.assertRaises(UserError):
                api.find_customers(company_id=self.company.id, reference="C-1")
        self.assertEqual(self._count(), 0)

    def test_two_companies_do_not_mix(self):
        other = self._create_company("Other Inc", self.env.ref("base.EUR"))
        self.program.company_ids |= other
        foreign = self._create_customer("Foreign", company_id=other.id, ref="F-1")
        with self.assertRaises(NotFound):
            self.api.get_summary(company_id=self.company.id, partner_id=foreign.id)
        with self.assertRaises(NotFound):
            self._log(partner_id=foreign.id)
        self.assertFalse(self.api.find_customers(company_id=self.company.id, reference="F-1"))
        self.assertTrue(self.api.find_customers(company_id=other.id, reference="F-1"))
        [ours] = self._log(subject="Ours")
        [theirs] = self._log(company=other, subject="Theirs")  # one key per company
        self.assertNotEqual(ours["id"], theirs["id"])
        summary = self.api.get_summary(company_id=other.id, partner_id=self.customer.id)
        self.assertEqual([row["subject"] for row in summary["interactions"]], ["Theirs"])
        self.assertEqual(summary["currency"], "EUR")
        reason = self.env["customer.interaction.reason"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(NotFound):
            self._log(key="k3", reason_id=reason.id)
        text = self.api.pull_changes(company_id=other.id)["cursor"]
        with self.assertRaises(InvalidInput):
            self.api.pull_changes(company_id=self.company.id, cursor=text)

    def test_branches_see_the_contacts_of_their_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.program.company_ids |= branch
        self._create_customer("Of the company", company_id=self.company.id, ref="B-1")
        self._create_customer("Of the branch", company_id=branch.id, ref="B-2")
        for reference, company, count in (
            ("B-1", branch, 1),
            ("B-1", self.company, 1),
            ("B-2", branch, 1),
            ("B-2", self.company, 0),
        ):
            found = self.api.find_customers(company_id=company.id, reference=reference)
            self.assertEqual(len(found), count, f"{reference} {company.name}")

    def test_context_defaults_are_not_taken(self):
        api = self.api.with_context(
            default_subject="Injected", default_company_id=999, default_user_id=2, tz="Nowhere"
        )
        [answer] = self._log(api=api)
        record = self.env["customer.interaction"].browse(answer["id"])
        self.assertEqual(record.company_id, self.company)
        self.assertFalse(record.user_id)

    def test_batches_cost_as_many_queries_as_one(self):
        def batch(start, size):
            return [self._interaction(f"q{start + n}") for n in range(size)]

        self._log(*batch(0, 1))
        self.env.flush_all()
        counts = []
        for start, size in ((100, 2), (200, 100)):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._log(*batch(start, size))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_administrators_make_keys_for_programs(self):
        admin = self.env.ref("base.user_admin")
        wizard = self.env["customer.api.key"].with_user(admin)
        values = {"user_id": self.program.id, "name": "Call centre"}
        key = wizard.create(values)._make_key()
        record = self.env["res.users.apikeys"].search([("name", "=", "Call centre")])
        self.assertEqual(str(record.expiration_date), "2026-09-13 10:00:00")
        # The database compares with its own clock, which is not frozen.
        self.env.cr.execute("UPDATE res_users_apikeys SET expiration_date = NULL")
        uid = self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key)
        self.assertEqual(uid, self.program.id)
        for days in (0, 91):
            with self.assertRaisesRegex(UserError, "1 to 90 days"):
                wizard.create({**values, "days": days})._make_key()
        with self.assertRaisesRegex(UserError, "neither API access nor"):
            wizard.create({**values, "user_id": self.salesperson.id})._make_key()
        for user in (self.manager, self.program):
            with self.assertRaises(AccessError):
                self.env["customer.api.key"].with_user(user).create(values)
            with self.assertRaisesRegex(AccessError, "Only administrators"):
                wizard.create(values).with_user(user).sudo(False)._make_key()
