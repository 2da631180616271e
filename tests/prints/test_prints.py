import re
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.prints import reader_text
from ...models.prints.bar_chart import HEIGHT, WIDTH, draw_bars
from .common import PrintCommon

LAYOUTS = (
    *("web.external_layout_standard", "web.external_layout_striped", "web.external_layout_boxed"),
    *("web.external_layout_bold", "web.external_layout_bubble", "web.external_layout_wave"),
    "web.external_layout_folder",
)


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestPrints(PrintCommon):
    """Statements and the tier on invoices: what they say, to whom, in which language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        # As long a letterhead as companies have, on the shorter of the usual papers.
        cls.company.paperformat_id = cls.env.ref("base.paperformat_us")
        cls.company.company_details = "My Company<br/>8000 Marina Blvd<br/>Brisbane<br/>USA"
        cls.company.customer_cost_per_order_line = 12.5
        for month in range(1, 6):
            cls._invoice(cls.customer, f"2026-0{month}-01", 300.0 * month)
        cls._invoice(cls.customer, "2025-05-01", 250.0)
        cls._invoice(cls.other_customer, "2026-04-01", 100.0)
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)

    def _as(self, user, record=None, lang="en_US"):
        record = self.profile if record is None else record
        return record.with_user(user).with_context(lang=lang)

    # === VALUE STATEMENT ===

    def test_value_statement_is_one_page_that_adds_up(self):
        (page,) = self._read(self._print("report_value_statement", self._as(self.accountant)))
        for text in (
            "Customer value statement",
            "Azure Interior",
            "4,500.00",
            "4,750.00",
            "Revenue less the cost of the goods and cash discounts.",
            "Gross profit less the cost to serve.",
        ):
            self.assertIn(text, page)
        net = self.profile.net_profit_365
        self.assertEqual(net, self.profile.gross_profit_365 - self.profile.cost_to_serve_365)
        self.assertIn(f"= $ {net:,.2f}.", page)

    def test_value_statement_is_one_page_at_its_longest(self):
        drivers = self.profile._get_cost_drivers()
        numbers = {f"{driver}_365": 7 for driver in drivers}
        rates = dict.fromkeys(drivers, 2.5)
        self.profile.sudo().write(
            {
                **numbers,
                **{"lifetime_value": 5_000, "predicted_profit": 400, "payment_days_late": 4.5},
                **{"otif_ratio": 0.8, "delivery_days_late": 1.5},
            }
        )
        sentence = "Orders every 6 days on average, as punctually as few others do. " * 5
        kind = type(self.profile)
        with (
            patch.object(kind, "_get_cost_drivers", lambda _self: rates),
            patch.object(kind, "prediction_sentence", sentence),
        ):
            pages = self._read(self._print("report_value_statement", self._as(self.manager)))
        self.assertEqual(len(pages), 1)
        self.assertIn("7 × 2.5", pages[0])

    def test_value_statement_shows_the_parts_of_the_cost(self):
        said = self._as(self.manager)._get_value_statement()
        costs = [float(row[2].replace("$", "").replace(",", "")) for row in said["drivers"]]
        self.assertAlmostEqual(sum(costs), self.profile.cost_to_serve_365, 2)

    def test_value_statements_of_many_are_a_page_each(self):
        profiles = self.profile | self._profile(self.other_customer)
        pages = self._read(self._print("report_value_statement", self._as(self.manager, profiles)))
        self.assertEqual(len(pages), 2)
        for page, customer in zip(pages, profiles.partner_id, strict=True):
            self.assertIn(customer.name, page)

    def test_from_contacts_each_customer_once(self):
        person = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        nobody = self._create_customer("Without documents")
        pairs = (self.customer | person | nobody)._get_printed_profiles()
        self.assertEqual(
            pairs,
            [(self.customer, self.profile), (nobody, self.profile.browse())],
        )
        contacts = self._as(self.accountant, person | nobody)
        html = (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_qweb_html("customer_value.report_value_statement_partner", contacts.ids)[0]
        )
        text = html.decode()
        self.assertIn("Azure Interior", text)
        self.assertIn("There is nothing to tell about Without documents yet", text)

    def test_value_statement_is_for_those_who_may_see_the_profit(self):
        for user in (self.salesperson, self.own_salesperson, self.stock_user):
            with self.assertRaises(AccessError):
                self._as(user)._get_value_statement()
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    "customer_value.report_value_statement", self.profile.ids
                )

    def test_value_statement_of_another_company_is_refused(self):
        eur = self.env.ref("base.EUR")
        company = self._create_company("Elsewhere", eur)
        self._invoice(self.customer, "2026-05-01", 10.0, company=company)
        self._drain()
        domain = [("partner_id", "=", self.customer.id), ("company_id", "=", company.id)]
        foreign = self.env["customer.profile"].search(domain)
        self.assertTrue(foreign)
        with self.assertRaises(AccessError):
            self._as(self.manager, foreign)._get_value_statement()
        with self.assertRaises(AccessError):
            self._as(self.manager, foreign)._get_loyalty_statement()

    def test_no_query_more_for_more_customers(self):
        customers = [self._create_customer(f"Customer {number}") for number in range(6)]
        for customer in customers:
            self._invoice(customer, "2026-05-01", 100.0)
        self._drain()
        profiles = self.env["customer.profile"].search(
            [("partner_id", "in", [customer.id for customer in customers])]
        )

        def count(some):
            self.env.invalidate_all()
            some = self._as(self.manager, some)
            before = self.env.cr.sql_log_count
            for profile in some:
                profile._get_value_statement()
            return self.env.cr.sql_log_count - before

        count(profiles)
        self.assertLessEqual(count(profiles), count(profiles[:2]) + 2)

    # === LOYALTY STATEMENT ===

    def test_loyalty_statement_tells_the_way_and_nothing_of_ours(self):
        tier = self.profile.tier_id
        tier.benefit_text = "Free delivery\nA birthday cake"
        following = self.env["customer.tier"].search(
            [("company_id", "=", self.company.id), ("sequence", ">", tier.sequence)],
            order="sequence",
            limit=1,
        )
        following.min_net_profit = 9_999
        following.min_satisfaction = 80
        self.env.invalidate_all()
        said = self._as(self.manager)._get_loyalty_statement()
        self.assertEqual(said["tier"], tier.name)
        self.assertEqual(said["gives"][-2:], ["Free delivery", "A birthday cake"])
        self.assertTrue(said["next"]["has_more"])
        labels = [rule["label"] for rule in said["next"]["rules"]]
        self.assertNotIn("Net profit at least", labels)
        self.assertNotIn("Satisfaction at least", labels)
        revenue = said["next"]["rules"][0]
        self.assertEqual((revenue["value"], revenue["percent"]), ("$\xa04,500.00", 45))
        self.assertEqual(len(said["happened"]), len(self.profile.tier_change_ids))

    def test_tier_kept_longer_is_no_new_tier(self):
        """Neither on the statement nor on an invoice, and the reason stays with us."""
        tier, since = self.profile.tier_id, self.profile.tier_change_ids[-1:].date
        self.company.customer_tier_on_invoices = "block"
        with freeze_time("2026-06-20"):
            self.env["customer.tier.extend"].with_user(self.manager).create(
                {
                    "profile_id": self.profile.id,
                    "until_date": "2030-01-01",
                    "reason": "Shop was rebuilt",
                }
            ).action_apply()
            self.env.invalidate_all()
            said = self._as(self.manager)._get_loyalty_statement()
            invoice = self._invoice(self.customer, "2026-06-20", 10.0)
        self.assertEqual(self.profile.tier_change_ids[:1].reason, "extension")
        self.assertEqual(said["happened"][0][1], f"You keep {tier.name} for longer")
        self.assertNotIn("Shop was rebuilt", str(said))
        self.assertNotIn(f"From {tier.name} to {tier.name}", str(said))
        self.assertLess(str(since), "2026-06-20")
        printed = invoice.with_context(lang="en_US")._get_printed_tier()
        self.assertEqual(printed["name"], tier.name)
        day = reader_text.write_date(self._as(self.manager).env, since)
        self.assertEqual(printed["since"], f"Your tier since {day}.")

    def test_own_salesperson_prints_no_amount_of_others(self):
        said = self._as(self.own_salesperson)._get_loyalty_statement()
        self.assertNotIn("Net revenue at least", [r["label"] for r in said["next"]["rules"]])

    def test_highest_tier_and_no_tier(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.company.id)])
        self.profile.sudo().tier_id = tiers.sorted("sequence")[-1]
        self.assertFalse(self._as(self.manager)._get_loyalty_statement()["next"])
        self.profile.sudo().tier_id = False
        said = self._as(self.manager)._get_loyalty_statement()
        self.assertEqual(said["tier"], "")
        self.assertEqual(said["next"]["name"], tiers.sorted("sequence")[0].name)

    # === PERSIAN ===

    def test_persian_reads_from_right_to_left_with_our_font(self):
        name = "فروشگاه نمونه شیراز"
        self.customer.write({"name": name, "lang": "fa_IR"})
        self.manager.lang = "fa_IR"
        pdf = self._print("report_loyalty_statement", self._as(self.manager, lang="fa_IR"))
        (page,) = self._read(pdf)
        self.assertIn(name, page)  # words in the order they are read
        self.assertIn("حداقل درآمد خالص", page)
        self.assertIn("۴٬۵۰۰٫۰۰", page)
        self.assertIn("۱۴۰۵/۰۳/۲۵", page)
        self.assertIn("Vazirmatn", " ".join(self._fonts(pdf)))
        # Lines begin at the right: title and names of columns leave the left half empty.
        image = self._draw(pdf)
        width, height = image.size
        title = image.crop((0, round(height * 0.18), width, round(height * 0.22)))
        left, right = (
            sum(255 - shade for shade in title.crop(box).getdata())
            for box in ((0, 0, width // 2, title.height), (width // 2, 0, width, title.height))
        )
        self.assertEqual(left, 0)
        self.assertGreater(right, 0)

    def test_customer_reads_their_language_whoever_prints(self):
        self.customer.lang = "fa_IR"
        html = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html("customer_value.report_loyalty_statement", self.profile.ids)[0]
            .decode()
        )
        self.assertIn('dir="rtl"', html)
        self.assertIn("حداقل درآمد خالص", html)
        self.assertNotIn("Net revenue at least", html)

    def _check_persian(self, page, *texts):
        """Names and numbers in the order they are read, and no second kind of digits."""
        for text in texts:
            self.assertIn(text.replace("\u200c", ""), page)  # a PDF has no half-space
        ours = page.split("My Company Marina Blvd")[0]
        self.assertFalse(re.findall(r"[0-9]+", ours), page)

    def test_persian_value_statement_reads_in_order(self):
        name = "فروشگاه نمونه شیراز"
        self.customer.write({"name": name, "lang": "fa_IR"})
        self.manager.lang = "fa_IR"
        profile = self._as(self.manager, lang="fa_IR")
        (page,) = self._read(self._print("report_value_statement", profile))
        labels = [
            profile._fields[f"{metric}_total"]._description_string(profile.env)
            for metric in ("revenue", "gross_profit", "net_profit")
        ]
        self._check_persian(page, name, *labels, "۴٬۵۰۰٫۰۰", "۴٬۷۵۰٫۰۰", "۱۴۰۵/۰۳/۲۵")
        self.assertLess(page.index(name), page.index("۴٬۵۰۰٫۰۰"))

    def test_persian_account_plan_reads_in_order(self):
        name = "فروشگاه نمونه شیراز"
        self.customer.write({"name": name, "lang": "fa_IR"})
        self.manager.lang = "fa_IR"
        aim = {"measure": "revenue", "target": 9000}
        plans = self.env["customer.account.plan"].with_user(self.manager)
        plan = plans.with_context(lang="fa_IR").create(
            {
                "partner_id": self.customer.id,
                "strategy": "هر ماه یک بار از آن‌ها بازدید کنیم",
                "aim_ids": [Command.create(aim)],
            }
        )
        (page,) = self._read(self._print("report_account_plan", plan))
        self._check_persian(page, name, plan.strategy, "۹٬۰۰۰", "۱۴۰۵/۰۳/۲۵")
        self.assertLess(page.index(name), page.index("۹٬۰۰۰"))

    # === TIER ON INVOICES ===

    def _invoice_html(self, invoice):
        return (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_qweb_html("account.report_invoice", invoice.ids)[0]
            .decode()
        )

    def test_tier_on_invoices_by_setting_in_all_layouts(self):
        invoice = self._invoice(self.customer, "2026-06-15", 10.0)
        self.profile.tier_id.benefit_text = "Free delivery"
        for layout in LAYOUTS:
            self.company.external_report_layout_id = self.env.ref(layout)
            seen = {}
            for choice in ("nothing", "text", "block"):
                self.company.customer_tier_on_invoices = choice
                html = self._invoice_html(invoice)
                seen[choice] = ("Free delivery" in html, "o_customer_tier_block" in html)
            expected = {"nothing": (False, False), "text": (True, False), "block": (True, True)}
            self.assertEqual(seen, expected, layout)

    def test_tier_block_is_for_customers_with_a_tier_that_day(self):
        self.company.customer_tier_on_invoices = "block"
        before = self._create_move(self.customer, "2024-01-01", 10.0)
        self.assertFalse(before._get_printed_tier())
        bill = self._create_move(self.customer, "2026-06-15", 10.0, move_type="in_invoice")
        self.assertFalse(bill._get_printed_tier())
        refund = self._create_move(self.customer, "2026-06-15", 10.0, move_type="out_refund")
        self.assertEqual(refund._get_printed_tier()["name"], self.profile.tier_id.name)

    def test_tier_block_in_print(self):
        self.company.customer_tier_on_invoices = "block"
        invoice = self._invoice(self.customer, "2026-06-15", 10.0)
        reports = self.env["ir.actions.report"].with_user(self.accountant)
        pdf = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "account.report_invoice", invoice.ids
        )[0]
        self.assertIn("Your tier since", " ".join(self._read(pdf)))

    # === PIECES ===

    def test_bars_stay_in_the_picture(self):
        for values in ([], [0, 0], [5], [-5, 3], [-1, -2], [1e9, -1e9, 0.001], list(range(24))):
            chart = draw_bars(values)
            for bar, value in zip(chart["bars"], values, strict=True):
                self.assertGreaterEqual(bar["height"], 0)
                self.assertGreaterEqual(bar["x"], 0)
                self.assertLessEqual(bar["x"] + bar["width"], WIDTH)
                self.assertGreaterEqual(bar["y"], 0)
                self.assertLessEqual(bar["y"] + bar["height"], HEIGHT)
                self.assertEqual(bar["is_negative"], value < 0)

    def test_numbers_of_the_reader(self):
        persian = self.env(context={"lang": "fa_IR"})
        self.assertEqual(reader_text.write_number(persian, 1234567.5, 1), "۱٬۲۳۴٬۵۶۷٫۵")
        english = self.env(context={"lang": "en_US"})
        self.assertEqual(reader_text.write_number(english, 1234567.5, 1), "1,234,567.5")
        self.assertEqual(reader_text.write_date(persian, False), "")
