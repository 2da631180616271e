from odoo.fields import Domain
from odoo.tests import tagged

from ..api.common import ApiCommon


@tagged("post_install", "-at_install")
class TestContactLookup(ApiCommon):
    """Telephone, mail and other programs find the same contacts by the same words."""

    def _find(self, kind, text):
        """Return what (telephone or mail, other programs) find."""
        partners = self.env["res.partner"]
        if kind == "phone":
            found = partners._find_customers_by_number(text, self.company)
        else:
            found = partners._find_customers_by_email(text, self.company)
        rows = self.api.find_customers(company_id=self.company.id, **{kind: text})
        return set(found.ids), {row["partner_id"] for row in rows}

    def test_both_find_the_same(self):
        plain = self.env["res.partner"].create({"name": "Old number", "phone": "555 01"})
        for kind, text, expected in (
            ("phone", "+12015550199", self.contact),
            ("phone", "2015550199", self.contact),
            ("phone", "001 (201) 555-0199", self.contact),
            ("phone", "sip:+12015550199@pbx.example.com", self.contact),
            ("phone", "۲۰۱۵۵۵۰۱۹۹", self.contact),
            ("phone", "555-01", plain),
            ("phone", "+12015550000", plain.browse()),
            ("phone", "anonymous", plain.browse()),
            ("phone", "101", plain.browse()),
            ("email", "INFO@azure.example", self.customer),
            ("email", "Azure <info@azure.example>", self.customer),
            ("email", "nobody@azure.example", plain.browse()),
        ):
            with self.subTest(kind=kind, text=text):
                self.assertEqual(self._find(kind, text), (set(expected.ids), set(expected.ids)))

    def test_addresses_that_look_alike(self):
        create = self.env["res.partner"].create
        copied = create({"name": "Copied", "email": "\u200fmina@shop.example\u00a0"})
        shown = create({"name": "Shown", "email": "ali@فروش\u200cگاه.example"})
        served = create({"name": "Served", "email": "ben@xn--bcher-kva.example"})
        lead = self.env["crm.lead"].create({"name": "L", "email_from": "l\u200cea@b.example\u200e"})
        for text, expected in (
            ("Mina@shop.example", copied),
            ("mi\u200cna@shop.exam\ufeffple", copied),
            ("Mina <mina@shop.example\u200e>", copied),
            ("ali@فروشگاه.example", shown),
            ("ali@xn--mgbtj4c7ad63e.example", shown),
            ("Ben@Bücher.example", served),
            ("ben@bucher.example", served.browse()),
            ("info@\u202dazure.example\u202c", self.customer),
        ):
            with self.subTest(text=ascii(text)):
                self.assertEqual(self._find("email", text), (set(expected.ids), set(expected.ids)))
        leads = self.env["crm.lead"]._match_leads("email", ["LEA@b.example"], self.company)
        self.assertEqual(leads["LEA@b.example"], lead)

    def test_archived_and_foreign_contacts_are_not_found(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self.contact.active = False
        self.customer.company_id = other
        for kind, text in (("phone", "+12015550199"), ("email", "info@azure.example")):
            self.assertEqual(self._find(kind, text), (set(), set()))

    def test_branches_find_the_contacts_of_their_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.contact.parent_id = False
        self.contact.company_id = self.company
        partners = self.env["res.partner"]
        self.assertEqual(partners._find_customers_by_number("+12015550199", branch), self.contact)

    def test_the_most_likely_first(self):
        twin = self.contact.copy({"name": "Twin", "phone": self.contact.phone})
        twin.parent_id = self.other_customer
        find = self.env["res.partner"]._find_customers_by_number
        self.assertEqual(find("+12015550199", self.company)[0], twin)  # the newest
        self.customer.customer_rank = 1
        self.assertEqual(find("+12015550199", self.company)[0], self.contact)

    def test_queries_do_not_depend_on_the_number(self):
        partners = self.env["res.partner"]

        def count(size):
            texts = [f"+1201555{number:04}" for number in range(size)]
            before = self.env.cr.sql_log_count
            partners._match_contacts("phone", texts, self.company, Domain("id", ">", 0))
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(10), count(100))
