from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from ...models.base import phone_plan
from ..api.common import ApiCommon
from ..tools.phone_writing import field, written

AREA = "021"


@tagged("post_install", "-at_install")
class TestPhoneNumber(ApiCommon):
    """Every number that stands in a field of a contact or lead finds its owner, and no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.ir")
        cls.company.phone = False
        cls.company.customer_phone_area_code = AREA

    @classmethod
    def _contact(cls, phone, **values):
        return cls.env["res.partner"].create({"name": "Somebody", "phone": phone, **values})

    @classmethod
    def _lead(cls, **values):
        return cls.env["crm.lead"].create({"name": "Wants a desk", **values})

    def _find(self, number, company=None):
        """Return whom telephone and fax find, after a look that other programs find the same."""
        company = company or self.company
        found = self.env["res.partner"]._find_customers_by_number(number, company)
        if number.strip():
            api = self.api.with_company(company)
            rows = api.find_customers(company_id=company.id, phone=number)
            self.assertEqual({row["partner_id"] for row in rows}, set(found.ids), number)
        return found

    def _numbers(self, record):
        self.env.flush_all()
        record.invalidate_recordset()
        return record.sudo().customer_phone_number_ids.mapped("number")

    # === ONE FIELD, MANY NUMBERS ===

    def test_each_number_of_a_field(self):
        contact = self._contact("۰۲۱-۴۴۴۴۰۰۳۴ داخلی ۱۲، همراه 0912 555 0171 / 44441100-02")
        for number in (
            "02144440034",
            "+982144440034",
            "44440034",
            "0098 21 4444 0034",
            "09125550171",
            "sip:989125550171@pbx.example.com",
            "٠٩١٢٥٥٥٠١٧١",
            "44441100",
            "02144441101",
            "+982144441102",
        ):
            with self.subTest(number):
                self.assertEqual(self._find(number), contact)
        for number in (
            "02144441103",
            "03144440034",
            "09125550172",
            "12",
            "0214444003",
            "anonymous",
        ):
            with self.subTest(number):
                self.assertFalse(self._find(number))
        extensions = contact.sudo().customer_phone_number_ids.filtered("extension")
        self.assertEqual(extensions.mapped("extension"), ["12"])

    def test_what_the_switchboard_adds(self):
        contact = self._contact("0912 555 0171")
        office = self._contact("021 4444 0034")
        for shown in ("L0#09125550171", "TR2#0912 555 0171", "+989125550171#", "909125550171"):
            self.assertEqual(self._find(shown), contact, shown)
        self.assertEqual(self._find("944440034"), office)
        self.assertFalse(self._find("779125550171"))
        self.assertFalse(self._find("PSTN779125550171"))
        self.company.customer_phone_prefixes = "77، PSTN77"
        self.assertEqual(self._find("779125550171"), contact)
        self.assertEqual(self._find("PSTN7709125550171"), contact)
        self.assertFalse(self._find("909125550171"))

    def test_area_code(self):
        local = self._contact("4444 0034")
        elsewhere = self._contact("031 4444 0034")
        self.assertEqual(self._find("44440034"), local)
        self.assertEqual(self._find("02144440034"), local)
        self.assertEqual(self._find("+983144440034"), elsewhere)
        self.company.customer_phone_area_code = "+98 31"
        self.assertEqual(self._find("44440034"), elsewhere | local)
        self.assertFalse(self._find("02144440034"))

    def test_without_an_area_code_only_what_is_clear(self):
        self.company.customer_phone_area_code = False
        contact = self._contact("021 4444 0034")
        self.assertEqual(self._find("44440034"), contact)
        other = self._contact("031 4444 0034")
        self.assertFalse(self._find("44440034"), "of which area?")
        self.company.phone = "+98 31 3333 0001"
        self.assertEqual(self._find("44440034"), other)

    def test_area_code_without_digits_is_refused(self):
        with self.assertRaisesRegex(Exception, "has no digits"):
            self.company.customer_phone_area_code = "Tehran"

    def test_any_writing_is_found_by_any_writing(self):
        contact = self._contact(False)

        @settings(
            max_examples=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(field(), st.data())
        def check(given_field, data):
            text, expected = given_field
            contact.phone = text
            self.assertEqual(set(self._numbers(contact)), set(expected))
            for number in expected:
                national = number.removeprefix("+98")
                shown = data.draw(written(national))
                self.assertEqual(self._find(shown), contact, (text, shown))
                wrong = national[:-1] + str((int(national[-1]) + 1) % 10)
                if f"+98{wrong}" not in expected:
                    self.assertFalse(self._find(f"0{wrong}"), (text, wrong))

        check()

    def test_without_the_library(self):
        """Odoo does without the library of numbering plans; national numbers are read by length."""
        self.patch(phone_plan, "phonenumbers", None)
        contact = self._contact("0912 555 0171 / 021-44440034 داخلی 12")
        for number in ("+989125550171", "9125550171", "L0#09125550171", "44440034", "02144440034"):
            self.assertEqual(self._find(number), contact, number)
        self.assertFalse(self._find("09125550172"))

    # === FOLLOWING WHAT CHANGES ===

    def test_the_table_follows_contacts(self):
        contact = self._contact("0912 555 0171")
        contact.phone = "0912 555 0172 - 0912 555 0173"
        self.assertFalse(self._find("09125550171"))
        self.assertEqual(self._find("09125550173"), contact)
        contact.active = False
        self.assertFalse(self._find("09125550173"))
        contact.active = True
        self.assertEqual(self._find("09125550173"), contact)
        contact.phone = False
        self.env.flush_all()
        self.assertFalse(contact.sudo().customer_phone_number_ids)

    def test_the_table_follows_country_and_company(self):
        contact = self._contact("0912 555 0171", country_id=self.env.ref("base.de").id)
        german = self._contact("0171 2345678", country_id=self.env.ref("base.de").id)
        self.assertEqual(self._find("+491712345678"), german)
        contact.country_id = False
        self.assertEqual(self._find("+989125550171"), contact)
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        contact.company_id = other
        self.env.flush_all()
        self.assertEqual(contact.sudo().customer_phone_number_ids.company_id, other)

    def test_each_company_reads_in_its_own_way(self):
        """A contact of all companies, without a country, is read as of who looks."""
        contact = self._contact("(212) 555-0171")
        other = self._create_company("New York", self.env.ref("base.USD"))
        self.program.company_ids |= other
        self.assertFalse(self.company.parent_ids & other)
        find = self.env["res.partner"]._find_customers_by_number
        self.assertEqual(find("+12125550171", other), contact)
        self.assertFalse(find("+12125550171", self.company))

    def test_merged_contacts(self):
        kept, gone = self._contact(False), self._contact("0912 555 0171")
        rich, poor = self._contact("0912 555 0172"), self._contact("0912 555 0173")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([kept.id, gone.id], kept)
        merge._merge([rich.id, poor.id], rich)
        self.assertEqual(self._find("09125550171"), kept)
        self.assertEqual(self._find("09125550172"), rich)
        self.assertEqual(self._numbers(rich), ["+989125550172"])

    def test_one_statement_for_any_number(self):
        def count(size):
            values = [{"name": str(n), "phone": f"0912 555 {n:04}"} for n in range(size)]
            contacts = self.env["res.partner"].create(values)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["customer.phone.number"]._mark_stale()
            stale = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            self.env["customer.phone.number"]._follow(contacts)
            return stale, self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(10), count(100))

    def test_what_was_there_before(self):
        """As after an install or an import that went past Odoo: read in batches, then complete."""
        contacts = self.env["res.partner"].create(
            [{"name": str(n), "phone": f"0912 555 {n:04}"} for n in range(7)]
        )
        broken = self._contact("ask at the gate")
        lead = self._lead(phone="0912 555 0171")
        self.env.flush_all()
        numbers = self.env["customer.phone.number"]
        self.assertEqual(broken.sudo().customer_phone_number_ids.written, "ask at the gate")
        known = numbers.search_count([])
        self.env.cr.execute("DELETE FROM customer_phone_number")
        numbers.invalidate_model()
        self.assertFalse(self._find("09125550003"))
        while numbers._fill_batch(3):
            pass
        self.assertEqual(numbers.search_count([]), known)
        self.assertEqual(self._find("09125550003"), contacts[3])
        self.assertEqual(self._numbers(lead), ["+989125550171"])

    def test_an_index_serves_the_look_up(self):
        rows = self.env["customer.phone.number"]
        self.env["res.partner"].create(
            [{"name": str(n), "phone": f"0912 {n:07}"} for n in range(2000)]
        )
        self.env.flush_all()
        self.env.cr.execute("ANALYZE customer_phone_number")
        query = "SELECT id FROM customer_phone_number WHERE number = ANY(%s)"
        self.env.cr.execute(f"EXPLAIN {query}", [["+989120000007", "9120000007"]])
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("customer_phone_number_number_idx", plan)
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM customer_phone_number WHERE local_number = ANY(%s)",
            [["44440034"]],
        )
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("customer_phone_number_local_idx", plan)
        self.assertTrue(rows.search_count([("number", "=", "+989120000007")]))

    # === OUR OWN LINES AND COLLEAGUES ===

    def test_our_own_lines(self):
        self.company.phone = "021 4444 0000-09"
        customer = self._contact("021 4444 0005")
        employee = self._contact("0912 555 0171", parent_id=self.company.partner_id.id)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "phone": "021 4444 2000"}
        )
        for number in ("02144440000", "44440005", "09125550171", "02144442000"):
            with self.subTest(number):
                self.assertFalse(self._find(number))
        find = self.env["res.partner"]._find_customers_by_number
        self.assertFalse(find("44440005", branch))
        self.assertTrue(customer.active and employee.active)

    def test_colleagues(self):
        self.salesperson.partner_id.phone = "0912 555 0171"
        self.salesperson.partner_id.email = "sam@ours.example"
        self.assertFalse(self._find("09125550171"))
        found = self.api.find_customers(company_id=self.company.id, email="sam@ours.example")
        self.assertFalse(found)
        lead = self._lead(phone="0912 555 0171", email_from="sam@ours.example")
        find = self.env["res.partner"]._find_sender
        for kind, text in (("phone", "09125550171"), ("email", "sam@ours.example")):
            self.assertEqual([len(found) for found in find(kind, text, self.company)], [0, 0])
        customer = self._contact("0912 555 0171")
        self.assertEqual(self._find("09125550171"), customer)
        self.assertTrue(lead)

    def test_a_colleague_kept_twice(self):
        worker = self.salesperson.partner_id
        worker.write({"phone": "0912 555 0171", "email": "sam@ours.example"})
        twin = self._contact("021 4444 0034", email="Sam <SAM@ours.example>", customer_rank=1)
        partners = self.env["res.partner"].with_user(self.salesperson)
        self.assertFalse(partners._find_customers_by_email("sam@ours.example", self.company))
        self.assertFalse(
            self.api.find_customers(company_id=self.company.id, email="sam@ours.example")
        )
        # Customers without an address are given the salesperson's: calls are theirs nonetheless.
        self.assertEqual(self._find("02144440034"), twin)
        twin.phone = "0912 555 0171"
        self.assertFalse(self._find("09125550171"))
        twin.email = "office@azure.example"
        self.assertEqual(self._find("09125550171"), twin)
        self.assertEqual(
            partners._find_customers_by_email("office@azure.example", self.company), twin
        )
        twin.name = f" {worker.name.upper()}"
        self.assertFalse(self._find("09125550171"))

    def test_colleagues_of_many_contacts_cost_one_query(self):
        worker = self.salesperson.partner_id
        worker.email = "sam@ours.example"
        texts = [f"a{number}@azure.example" for number in range(60)]
        self.env["res.partner"].create(
            [{"name": text, "email": text} for text in [*texts, "sam@ours.example"]]
        )
        partners = self.env["res.partner"]

        def look_up(size):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wanted = [*texts[:size], "sam@ours.example"]
            found = partners._match_contacts("email", wanted, self.company, Domain("id", ">", 0))
            self.assertEqual(sum(map(len, found.values())), size)
            return self.env.cr.sql_log_count - before

        look_up(2)
        self.assertEqual(look_up(5), look_up(60))

    def test_another_company_of_the_database_is_a_customer(self):
        other = self._create_company("Sister", self.env.ref("base.EUR"))
        other.phone = "+98 21 4444 7000"
        self.assertEqual(self._find("02144447000"), other.partner_id)

    # === LEADS ===

    def test_leads_are_known(self):
        find = self.env["res.partner"]._find_sender
        old = self._lead(phone="0912 555 0171, 021 44440034 (7)", email_from="lee@lead.example")
        for kind, text in (
            ("phone", "+989125550171"),
            ("phone", "44440034"),
            ("email", "Lee <LEE@lead.example>"),
        ):
            self.assertEqual(find(kind, text, self.company)[1], old, text)
        new = self._lead(phone="0912 555 0171")
        self.assertEqual(find("phone", "09125550171", self.company)[1], new)
        new.active = False
        self.assertEqual(find("phone", "09125550171", self.company)[1], old)
        (old | new).action_set_lost()
        for text in ("+989125550171", "44440034"):
            lost = find("phone", text, self.company)[1]
            self.assertEqual((lost.active, lost in old | new), (False, True), text)
        self.assertEqual(find("phone", "09125550171", self.company)[1], new)
        self.assertEqual(find("email", "lee@lead.example", self.company)[1], old)
        again = self._lead(phone="0912 555 0171", email_from="lee@lead.example")
        for kind, text in (("phone", "09125550171"), ("email", "lee@lead.example")):
            self.assertEqual(find(kind, text, self.company)[1], again)
        contact = self._contact("0912 555 0171")
        found, lead = find("phone", "09125550171", self.company)
        self.assertEqual((found, bool(lead)), (contact, False))

    def test_lead_of_a_contact_with_another_number(self):
        contact = self._contact("0912 555 0100")
        lead = self._lead(partner_id=contact.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET phone = '09125550171' WHERE id = %s", [lead.id])
        lead.invalidate_recordset()
        self.env["customer.phone.number"]._follow(lead)
        self.assertEqual(self._find("09125550171"), contact)
        found, known = self.env["res.partner"]._find_sender("phone", "09125550171", self.company)
        self.assertEqual((found, known), (contact, lead))

    def test_leads_follow_their_contact(self):
        """Odoo copies the number of the contact to the lead without a write anybody sees."""
        contact = self._contact("0912 555 0100")
        lead = self._lead(partner_id=contact.id)
        contact.phone = "0912 555 0101 / 0912 555 0102"
        self.env.flush_all()
        self.assertEqual(self._numbers(lead), ["+989125550101", "+989125550102"])
        lead.unlink()
        self.assertEqual(self._find("09125550102"), contact)

    def test_leads_of_other_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._lead(phone="+98 912 555 0171", company_id=other.id)
        find = self.env["res.partner"]._find_sender
        self.assertFalse(find("phone", "+989125550171", self.company)[1])
        self.assertTrue(find("phone", "+989125550171", other)[1])

    def test_other_programs_report_to_the_lead(self):
        lead = self._lead(phone="0912 555 0171", email_from="lee@lead.example")
        for key, values in (
            ("a", {"phone": "09125550171"}),
            ("b", {"email": "lee@lead.example"}),
            ("c", {"phone": "09125550999"}),
        ):
            values |= {"request_key": key, "kind": "call", "subject": f"Call {key}"}
            answer = self.api.log_interactions(company_id=self.company.id, interactions=[values])
            record = self.env["customer.interaction"].browse(answer[0]["id"])
            known = lead if key != "c" else lead.browse()
            self.assertEqual((record.lead_id, record.document_ref or lead.browse()), (known, known))
        bodies = " ".join(lead.message_ids.mapped("body"))
        self.assertIn("Call a", bodies)
        self.assertIn("Call b", bodies)
        self.assertNotIn("Call c", bodies)

    def test_addresses_that_look_like_numbers(self):
        for address, name in (
            ("09125550171@mail.example", "email_from"),
            ("sip:09125550171@pbx.example", "phone"),
        ):
            interaction = self.env["customer.interaction"].create(
                {"kind": "call", "direction": "in", "address": address, "user_id": False}
            )
            action = interaction.with_user(self.salesperson).action_create_lead()
            lead = self.env["crm.lead"].browse(action["res_id"])
            other = "phone" if name == "email_from" else "email_from"
            self.assertTrue(lead[name], address)
            self.assertFalse(lead[other], address)

    # === WHO SEES WHAT ===

    def test_who_sees_the_numbers(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        contact = self._contact("0912 555 0171")
        foreign = self._contact("0912 555 0172", company_id=other.id)
        mine = self._lead(phone="0912 555 0173", user_id=self.own_salesperson.id)
        theirs = self._lead(phone="0912 555 0174", user_id=self.salesperson.id)
        self.env.flush_all()
        numbers = self.env["customer.phone.number"]
        everything = [f"+98912555017{n}" for n in range(1, 5)]
        for user, expected in (
            (self.own_salesperson, [everything[0], everything[2]]),
            (self.salesperson, [everything[0], *everything[2:]]),
            (self.accountant, everything[:1]),
        ):
            found = numbers.with_user(user).search([("number", "in", everything)])
            self.assertEqual(sorted(found.mapped("number")), expected, user.login)
            with self.assertRaises(AccessError):
                found.write({"number": "1"})
        clerk = new_test_user(self.env, login="no-customers", groups="base.group_user")
        with self.assertRaises(AccessError):
            numbers.with_user(clerk).search([])
        self.assertTrue(contact and foreign and mine and theirs)

    def test_people_write_numbers_on_forms(self):
        with Form(self.env["res.partner"].with_user(self.salesperson)) as form:
            form.name = "By hand"
            form.phone = "0912 555 0171 یا 0912 555 0172"
        self.assertEqual(self._find("09125550172"), form.record)

    def test_settings(self):
        settings_form = self.env["res.config.settings"].create({})
        settings_form.customer_phone_area_code = "031"
        settings_form.customer_phone_prefixes = "8"
        settings_form.execute()
        self.assertEqual(self.company.customer_phone_area_code, "031")
        contact = self._contact("031 4444 0034")
        self.assertEqual(self._find("844440034"), contact)
