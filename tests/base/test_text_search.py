from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.base.folded_text import fold_text
from ..common import CustomerValueCommon

# One word in the spellings people and programs use for it.
SPELLINGS = {
    "ی": "یيى",
    "ک": "کك",
    "ه": "هةە",
    "ا": "اآأإ",
    "و": "وؤ",
    "\u200c": ("\u200c", " ", ""),
    **{
        digit: (digit, chr(0x06F0 + int(digit)), chr(0x0660 + int(digit))) for digit in "0123456789"
    },
}
ADDED = ("\u0651", "\u064e", "\u0640", "\u200f")  # tashdid, fatha, tatweel, a mark of direction


@st.composite
def names_in_two_spellings(draw):
    """Draw (stored, searched): the same name written twice."""
    letters = draw(st.lists(st.sampled_from("یکهاوبمرفسن0123456789"), min_size=4, max_size=12))
    letters[0] = "ک"  # a term of digits alone is Odoo's to compare
    if draw(st.booleans()):
        letters[1:3] = "ر\u200c"

    def write():
        text = ""
        for place, letter in enumerate(letters):
            text += draw(st.sampled_from(SPELLINGS.get(letter, letter)))
            if place and draw(st.integers(0, 9)) == 0:
                text += draw(st.sampled_from(ADDED))
        return text

    return write(), write()


@tagged("post_install", "-at_install")
class TestTextSearch(CustomerValueCommon):
    """Whoever searches finds what was stored, whichever keyboard either of them used."""

    def _find(self, model, field, term, operator="ilike"):
        return self.env[model].with_user(self.salesperson).search([(field, operator, term)])

    def test_contacts_and_profiles(self):
        steel = self._create_customer("صنايع فولاد البرز مركزي")
        pure = self._create_customer("می\u200cناب")
        numbered = self._create_customer("شعبه ۱۲ بازار")
        presented = self._create_customer("ﻛﺎﻻ گستر")  # presentation forms, as old PDFs have
        for term, expected in (
            ("مرکزی", steel),
            ("صنایع", steel),
            ("فـولاد", steel),
            ("می ناب", pure),
            ("میناب", pure),
            ("شعبه 12", numbered),
            ("شعبه ١٢", numbered),
            ("12 بازار", numbered),
            ("کالا", presented),
            ("كالا", presented),
        ):
            with self.subTest(term=term):
                self.assertEqual(self._find("res.partner", "name", term), expected)
                self.assertEqual(self._find("res.partner", "display_name", term), expected)
                found = self.env["res.partner"].name_search(term)
                self.assertEqual([row[0] for row in found], expected.ids)
                self.assertFalse(self._find("customer.profile", "partner_id", term))
        self._invoice(steel, "2026-01-05", 100)
        self.env["customer.profile"]._refresh(self.company, steel.ids)
        profile = self._find("customer.profile", "partner_id", "مرکزی")
        self.assertEqual(profile.partner_id, steel)
        self.assertEqual(self.env["customer.profile"].name_search("مرکزی")[0][0], profile.id)

    def test_digits_of_either_script(self):
        stored = self._create_customer("Branch ۴۷۱۱", ref="۰۰۸۱")
        for term in ("4711", "۴۷۱۱", "٤٧١١", "branch 4711"):
            self.assertEqual(self._find("res.partner", "name", term), stored)
        self.assertEqual(self._find("res.partner", "ref", "0081"), stored)
        product = self.product.with_user(self.manager).sudo()
        product.default_code = "FURN-77"
        self.assertIn(product, self._find("product.product", "display_name", "۷۷"))

    def test_all_our_lists(self):
        customer = self._create_customer("مشتری")
        interaction = self.env["customer.interaction"].create(
            {"kind": "call", "partner_id": customer.id, "subject": "شكايت از تحويل كالا"}
        )
        unknown = self.env["customer.interaction"].create(
            {"kind": "call", "direction": "in", "subject": "سوال", "address": "۰۲۱۸۸۸۸۱۲۳۴"}
        )
        complaint = self.env["customer.complaint"].create(
            {"partner_id": customer.id, "subject": "ميز شكسته", "description": "<p>پايه ميز</p>"}
        )
        lead = self.env["crm.lead"].create({"name": "خريد ميز", "partner_name": "كيميا"})
        product = self.env["product.product"].create({"name": "صندلي چوبي"})
        self.assertEqual(self._find("customer.interaction", "subject", "شکایت"), interaction)
        self.assertEqual(self._find("customer.interaction", "address", "02188881234"), unknown)
        self.assertEqual(self._find("customer.complaint", "subject", "میز"), complaint)
        self.assertEqual(self._find("customer.complaint", "description", "پایه"), complaint)
        self.assertEqual(self._find("crm.lead", "partner_name", "کیمیا"), lead)
        self.assertEqual(self._find("product.product", "name", "صندلی"), product)
        self.assertEqual(
            self._find("product.template", "display_name", "صندلی چوبی"), product.product_tmpl_id
        )
        timeline = self.env["customer.timeline"].with_user(self.salesperson)
        domain = [("customer_id", "=", customer.id), ("subject", "ilike", "شکایت")]
        self.assertEqual(timeline.search(domain).subject, interaction.subject)

    def test_lists_beside_them(self):
        channel = self.env["customer.intake.channel"].create(
            {"name": "دفتر مركزي", "alias_name": "office", "kind": "email"}
        )
        mail = self.env["customer.mail.left.out"].create(
            {
                "request_key": "left:1",
                "reason": self.env["customer.mail.left.out"]._fields["reason"].selection[0][0],
                "date": "2026-01-05 10:00:00",
                "subject": "پاسخ خودكار",
                "company_id": self.company.id,
                "res_model": "customer.interaction",
            }
        )
        found = self.env["customer.intake.channel"].search([("name", "ilike", "مرکزی")])
        self.assertEqual(found, channel)
        found = self.env["customer.mail.left.out"].search([("subject", "ilike", "خودکار")])
        self.assertEqual(found, mail)

    def test_what_our_lists_are_narrowed_by(self):
        """People, teams, categories, countries and carriers, through the fields of our lists."""
        colleague = self._create_user("kazem", "customer_value.customer_value_group_user")
        colleague.name = "كاظم يزدي"
        team = self.env["crm.team"].create({"name": "فروش مركزي"})
        parent = self.env["product.category"].create({"name": "مبلمان اداري"})
        category = self.env["product.category"].create({"name": "صندلي", "parent_id": parent.id})
        customer = self._create_customer(
            "Shop", street="خيابان كارگر شمالي", street2="پلاك ۱۲", city="اراك"
        )
        interaction = self.env["customer.interaction"].create(
            {"kind": "call", "partner_id": customer.id, "subject": "x"}
            | {"user_id": colleague.id, "team_id": team.id}
        )
        for field, term in (("user_id", "کاظم یزدی"), ("team_id", "فروش مرکزی")):
            self.assertEqual(self._find("customer.interaction", field, term), interaction)
        self.assertEqual(self._find("res.users", "name", "یزدی"), colleague)
        for term in ("مبلمان اداری / صندلی", "صندلی"):
            self.assertEqual(self._find("product.category", "complete_name", term), category)
        below = self._find("product.template", "categ_id", "مبلمان اداری", "child_of")
        self.assertFalse(below)
        self.product.categ_id = category
        below = self._find("product.template", "categ_id", "مبلمان اداری", "child_of")
        self.assertEqual(below, self.product.product_tmpl_id)
        for field, term in (
            ("street", "خیابان کارگر"),
            ("street2", "پلاک 12"),
            ("city", "اراک"),
        ):
            self.assertEqual(self._find("res.partner", field, term), customer, field)
        for report in ("customer.gap.report", "customer.answer.report", "customer.complaint.rate"):
            domain = Domain("carrier", "ilike", "تیپاکس")
            self.assertIn("customer_text_fold", self.env[report]._search(domain).select().code)

    def test_markup_in_and_between_words(self):
        complaint = self.env["customer.complaint"].create(
            {"partner_id": self.customer.id, "subject": "x"}
        )
        for stored, term in (
            ("<p>شركت&nbsp;پگاه</p>", "شرکت پگاه"),
            ("<p>مي&zwnj;رود</p>", "می رود"),
            ("<p>مي&#8204;رود</p>", "میرود"),
            ("<p>پگ<b>ا</b>ه</p>", "پگاه"),
            ("<p>پگ<span style='color: red'>اه</span></p>", "پگاه"),
            ("<p>ميز &amp; صندلي</p>", "میز & صندلی"),
            ("<p>كد ۱۲<br>34</p>", "کد 12 34"),
            ("<p>&lrm;كيش&rlm;</p>", "کیش"),
        ):
            with self.subTest(stored):
                self.env.cr.execute(
                    SQL(
                        "UPDATE customer_complaint SET description = %s WHERE id = %s",
                        *(stored, complaint.id),
                    )
                )
                complaint.invalidate_recordset()
                domain = Domain("description", "ilike", term)
                self.assertEqual(complaint.search(domain), complaint)
                self.assertEqual(complaint.filtered_domain(domain), complaint)
        complaint.description = '<p title="كيش">مبل</p>'
        domain = Domain("description", "ilike", "کیش")
        self.assertFalse(complaint.search(domain) | complaint.filtered_domain(domain))

    def test_records_at_hand_are_filtered_as_they_are_searched(self):
        first = self._create_customer("كيميا تجارت ۱۲")
        second = self._create_customer("كيميا صنعت")
        product = self.env["product.product"].create({"name": "صندلي چوبي"})
        both = first | second
        for operator, term, expected in (
            ("ilike", "کیمیا", both),
            ("ilike", "تجارت 12", first),
            ("ilike", "کیمیا%صنعت", second),
            ("ilike", "ک_میا تجارت", first),
            ("ilike", "صنعت%", second),
            ("not ilike", "صنعت", first),
            ("=ilike", "کیمیا صنعت", second),
            ("not =ilike", "کیمیا صنعت", first),
            ("ilike", "12", first),
            ("ilike", r"کیمیا\%", first.browse()),
        ):
            for field in ("name", "display_name"):
                with self.subTest(operator=operator, term=term, field=field):
                    domain = Domain(field, operator, term)
                    self.assertEqual(both.filtered_domain(domain), expected)
                    self.assertEqual(both.search(domain & Domain("id", "in", both.ids)), expected)
        self.assertEqual(product.filtered_domain([("name", "ilike", "صندلی")]), product)
        person = self.env["res.partner"].create({"name": "Ana", "parent_id": first.id})
        for name in ("parent_id", "parent_id.name"):
            self.assertEqual(person.filtered_domain([(name, "ilike", "کیمیا")]), person)

    def test_each_language_of_a_product(self):
        for code in ("en_US", "fa_IR"):
            self.env["res.lang"]._activate_lang(code)
        product = self.env["product.template"].create({"name": "Wooden chair"})
        product.with_context(lang="fa_IR").name = "صندلي چوبي"
        products = self.env["product.template"].with_context(lang="fa_IR")
        self.assertEqual(products.search([("name", "ilike", "چوبی")]), product)
        self.assertFalse(self.env["product.template"].search([("name", "ilike", "چوبی")]))

    def test_operators_and_wildcards(self):
        first = self._create_customer("كيميا تجارت")
        second = self._create_customer("كيميا صنعت")
        both = Domain("id", "in", (first | second).ids)
        for operator, term, expected in (
            ("ilike", "کیمیا%صنعت", second),
            ("ilike", "ک_میا تجارت", first),
            ("not ilike", "صنعت", first),
            ("=ilike", "کیمیا تجارت", first),
            ("=ilike", "کیمیا", first.browse()),
            ("not =ilike", "کیمیا تجارت", second),
        ):
            with self.subTest(operator=operator, term=term):
                found = self.env["res.partner"].search(both & Domain("name", operator, term))
                self.assertEqual(found, expected)

    def test_other_scripts_are_searched_as_before(self):
        query = self.env["res.partner"]._search([("name", "ilike", "Azure")])
        self.assertNotIn("customer_text", query.select().code)

    def test_what_was_stored_before(self):
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET name = %s, complete_name = %s WHERE id = %s",
                *("شركت قديمي", "شركت قديمي", self.customer.id),
            )
        )
        self.assertEqual(self._find("res.partner", "display_name", "شرکت قدیمی"), self.customer)

    def test_an_index_answers(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for model, index in (
            ("res.partner", "res_partner_customer_name_grams_idx"),
            ("product.template", "product_template_customer_name_grams_idx"),
            ("crm.lead", "crm_lead_customer_name_grams_idx"),
        ):
            query = self.env[model]._search([("name", "ilike", "مرکزی")], active_test=False)
            plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            self.assertIn(index, str(plan), model)

    def test_a_restored_database_can_build_the_index(self):
        """pg_restore works without a search path."""
        self.env.cr.execute("SELECT current_schema")
        [schema] = self.env.cr.fetchone()
        self.env.cr.execute("SET LOCAL search_path = ''")
        self.env.cr.execute(f"SELECT {schema}.customer_text_grams('کیمیا')")
        grams = self.env.cr.fetchone()[0]
        self.env.cr.execute(f"SET LOCAL search_path = {schema}")
        self.assertEqual(sorted(grams), sorted(["کیم", "یمی", "میا"]))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(names_in_two_spellings())
    def test_any_spelling_finds_any_other(self, names):
        stored, searched = names
        partner = self.customer.with_context(tracking_disable=True)
        partner.name = stored
        self.assertIn(partner, self.env["res.partner"].search([("name", "ilike", searched)]))
        self.assertEqual(partner.filtered_domain([("name", "ilike", searched)]), partner)
        [[folded]] = self.env.execute_query(SQL("SELECT customer_text_fold(%s)", stored))
        self.assertEqual(fold_text(stored), folded)
        partner.name = f"Alborz {stored} (Tehran)"
        self.assertIn(partner, self.env["res.partner"].search([("name", "ilike", searched)]))
