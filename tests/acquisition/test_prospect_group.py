import random
from statistics import median, quantiles

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AcquisitionCommon

MEASURES = ("customer_count", "valued_count", "best_count", "lead_count", "won_count")


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestProspectGroup(AcquisitionCommon):
    """What customers like a lead have brought, against a reading of each by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.groups = cls.env["customer.prospect.group"]
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.countries = cls.env.ref("base.de") | cls.env.ref("base.fr")
        cls.vip = cls.env["crm.tag"].create({"name": "Very large order"})

    @classmethod
    def _add_customers(cls, traits, values):
        """Create customers who bought, with a lifetime value each."""
        customers = cls.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "is_company": True, **traits}
                for number in range(len(values))
            ]
        )
        profiles = cls.env["customer.profile"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "occasion_count": 1,
                    "lifetime_value": value,
                    "value_class": "A" if value and value > 500 else "C",
                }
                for customer, value in zip(customers, values, strict=True)
            ]
        )
        cls.env.flush_all()
        return profiles

    @classmethod
    def _build(cls):
        cls.groups._build(cls.company)
        cls.env.invalidate_all()

    @classmethod
    def _group(cls, **traits):
        names = ("industry_id", "country_id", "size", "source_id", "tag_id")
        domain = [(name, "=", traits.get(name, False)) for name in names]
        return cls.groups.search([("company_id", "=", cls.company.id), *domain])

    def _decide(self, lead, won):
        if won:
            lead.action_set_won()
        else:
            lead.action_set_lost()

    def test_middle_and_quarters_of_lifetime_value(self):
        values = [float(number * 10) for number in range(1, 25)]
        self._add_customers({"industry_id": self.retail.id}, values)
        self._build()
        group = self._group(industry_id=self.retail.id)
        low, middle, high = quantiles(values, n=4, method="inclusive")
        self.assertAlmostEqual(group.value_median, middle, 2)
        self.assertAlmostEqual(group.value_low, low, 2)
        self.assertAlmostEqual(group.value_high, high, 2)
        self.assertEqual(group.value_band, "middle")

    def test_under_twenty_nothing_is_said_but_why(self):
        self._add_customers({"industry_id": self.retail.id}, [10.0] * 19)
        self._build()
        group = self._group(industry_id=self.retail.id)
        self.assertIs(group.value_median, False)
        self.assertFalse(group.value_band)
        self.assertIn("19 customers with a lifetime value", group.reason)
        self._add_customers({"industry_id": self.retail.id}, [None])
        self._build()
        self.assertIs(group.value_median, False)
        self.assertEqual((group.customer_count, group.valued_count), (20, 19))

    def test_a_lead_gets_the_closest_group_with_enough_customers(self):
        german = self.countries[0].id
        self._add_customers({"industry_id": self.retail.id, "country_id": german}, [900.0] * 20)
        self._add_customers({"industry_id": self.farming.id}, [10.0] * 20)
        self._add_customers({"industry_id": self.farming.id, "country_id": german}, [10.0] * 19)
        self._build()
        cases = (
            ({"customer_industry_id": self.retail.id, "country_id": german}, "Shops · Germany"),
            ({"customer_industry_id": self.farming.id, "country_id": german}, "Farms"),
            ({"country_id": german}, "Germany"),
            ({"country_id": self.countries[1].id}, "All customers"),
            ({}, "All customers"),
        )
        for values, name in cases:
            lead = self._lead(**values)
            self.assertEqual(lead.customer_prospect_group_id.display_name, name)
        lead = self._lead()
        lead.customer_industry_id = self.retail
        self.assertEqual(lead.customer_prospect_band, "high")
        lead.partner_id = self.customer  # whose own industry counts
        self.customer.industry_id = self.farming
        self._build()
        self.assertEqual(lead.customer_prospect_group_id.display_name, "Farms")
        self.assertEqual(lead.customer_prospect_band, "low")

    def test_tags_and_sources_make_groups(self):
        profiles = self._add_customers({}, [100.0] * 20)
        for profile in profiles:
            self._lead(profile.partner_id, tag_ids=[Command.link(self.vip.id)])
        self._build()
        self.assertEqual(self._group(tag_id=self.vip.id).valued_count, 20)
        lead = self._lead(tag_ids=[Command.link(self.vip.id)])
        self.assertEqual(lead.customer_prospect_group_id, self._group(tag_id=self.vip.id))

    def test_conversion_counts_decided_leads_only(self):
        for number in range(24):
            lead = self._lead(country_id=self.countries[0].id)
            if number < 20:
                self._decide(lead, number < 5)
        self._build()
        group = self._group(country_id=self.countries[0].id)
        self.assertEqual((group.lead_count, group.won_count), (20, 5))
        self.assertEqual(group.conversion_ratio, 0.25)
        ids = group.with_user(self.salesperson).action_open_leads()["domain"][0][2]
        self.assertEqual(len(ids), 20)
        with self.assertRaises(UserError):
            group.with_user(self.own_salesperson).action_open_leads()

    def test_days_from_the_lead_to_the_first_order(self):
        profiles = self._add_customers({"country_id": self.countries[0].id}, [1.0] * 20)
        for number, profile in enumerate(profiles):
            lead = self._lead(profile.partner_id)
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = '2026-01-01' WHERE id = %s", [lead.id]
            )
            self.rows.create(
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": self.company.id,
                    "date": f"2026-01-{number + 1:02d}",
                    "lead_id": lead.id,
                }
            )
        self._build()
        expected = median(range(20))
        self.assertAlmostEqual(self._group(country_id=self.countries[0].id).order_days, expected)

    def test_who_is_like_the_best(self):
        self._add_customers({"industry_id": self.retail.id}, [900.0] * 8 + [10.0] * 4)
        self._add_customers({"industry_id": self.farming.id}, [900.0] * 2 + [10.0] * 18)
        self._build()
        shop = self._lead(customer_industry_id=self.retail.id)
        farm = self._lead(customer_industry_id=self.farming.id)
        nobody = self._lead()
        self.assertGreater(shop.customer_likeness, 31.25)
        self.assertLess(farm.customer_likeness, 31.25)
        self.assertIs(nobody.customer_likeness, False)
        reason = shop.with_user(self.own_salesperson).customer_likeness_reason
        self.assertIn("8 of 12", reason)
        self.assertIn("31 %", reason)
        found = self.leads.with_user(self.own_salesperson).search(
            [("customer_likeness", "!=", False)], order="customer_likeness desc"
        )
        self.assertEqual(found, shop | farm)

    def test_random_groups_equal_a_plain_reading(self):
        rng = random.Random(7)
        industries = [self.retail.id, self.farming.id, False]
        people = []
        for _number in range(120):
            traits = {
                "industry_id": rng.choice(industries),
                "country_id": rng.choice([*self.countries.ids, False]),
                "customer_size": rng.choice(["micro", "large", False]),
            }
            value = rng.choice([None, rng.uniform(-100, 2000)])
            people.append((traits, value, self._add_customers(traits, [value])))
        for traits, _value, profile in people[::3]:
            lead = self._lead(profile.partner_id, country_id=traits["country_id"])
            if rng.random() < 0.7:
                self._decide(lead, rng.random() < 0.5)
        self._build()
        for group in self.groups.search([("company_id", "=", self.company.id)]):
            if group.source_id or group.tag_id:
                continue
            wanted = {
                "industry_id": group.industry_id.id,
                "country_id": group.country_id.id,
                "customer_size": group.size,
            }
            wanted = {name: value for name, value in wanted.items() if value}
            own = [row for row in people if all(row[0][name] == wanted[name] for name in wanted)]
            known = [value for _traits, value, _profile in own if value is not None]
            self.assertEqual((group.customer_count, group.valued_count), (len(own), len(known)))
            if len(known) >= 20:
                rounded = [round(value, 2) for value in known]
                self.assertAlmostEqual(group.value_median, median(rounded), 1)
            listed = group.with_user(self.manager).action_open_customers()["domain"][0][2]
            self.assertEqual({*listed}, {profile.id for *_rest, profile in own})

    def test_building_again_changes_no_id_and_drops_what_is_gone(self):
        self._add_customers({"industry_id": self.retail.id}, [10.0] * 20)
        self._build()
        before = self.groups.search([])
        self._build()
        self.assertEqual(self.groups.search([]), before)
        self.env["customer.profile"].search([("occasion_count", "=", 1)]).unlink()
        self._build()
        self.assertFalse(self._group(industry_id=self.retail.id))
        self.assertEqual(self.groups.search_count([("company_id", "=", self.company.id)]), 1)

    def test_placing_takes_as_many_queries_for_many_leads(self):
        self._add_customers({"industry_id": self.retail.id}, [10.0] * 20)
        self._build()
        counts = []
        for number in (10, 60):
            values = {"name": "Lead", "customer_industry_id": self.retail.id, "user_id": False}
            leads = self.leads.create([{**values, "company_id": self.company.id}] * number)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            leads._place_among_prospects()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # === WHO SEES WHAT ===

    def test_salespeople_see_a_band_and_no_amount(self):
        self._add_customers({}, [123.0] * 20)
        self._build()
        lead = self._lead()
        as_seller = lead.with_user(self.own_salesperson)
        self.assertEqual(as_seller.customer_prospect_band, "middle")
        self.assertNotIn("123", as_seller.customer_prospect_summary)
        with self.assertRaises(AccessError):
            as_seller.read(["customer_prospect_value"])
        self.assertIn("123", lead.with_user(self.manager).customer_prospect_value)
        groups = self.groups.with_user(self.own_salesperson)
        for name in ("value_low", "value_median", "value_high"):
            with self.assertRaises(AccessError):
                groups.search([]).read([name])
            with self.assertRaises(AccessError):
                groups.search([(name, ">", 100)])
            with self.assertRaises(AccessError):
                groups.search([], order=name)
            with self.assertRaises(AccessError):
                self.leads.with_user(self.own_salesperson).search(
                    [(f"customer_prospect_group_id.{name}", ">", 100)]
                )
        self.assertTrue(groups.search([("value_band", "=", "middle")]))
        for method, values in (("write", {"value_band": "high"}), ("unlink", None)):
            with self.assertRaises(AccessError):
                call = getattr(groups.search([], limit=1).with_user(self.manager), method)
                call(values) if values else call()

    def test_a_group_of_another_company_says_nothing(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self.env["customer.profile"].search([]).unlink()
        lead = self._lead(company_id=other.id, user_id=False)
        self.groups._build(other)
        self.env.invalidate_all()
        self.assertEqual(lead.sudo().customer_prospect_group_id.company_id, other)
        group = lead.sudo().customer_prospect_group_id.with_user(self.manager)
        for method in ("action_open_customers", "action_open_leads", "action_open_open_leads"):
            with self.assertRaises(AccessError):
                getattr(group, method)()
        free = self._lead(company_id=False, user_id=False)
        self.env.cr.execute(
            "UPDATE crm_lead SET customer_prospect_group_id = %s WHERE id = %s",
            [group.id, free.id],
        )
        self.env.invalidate_all()
        self.assertFalse(free.with_user(self.manager).customer_prospect_summary)

    def test_lead_scoring_may_use_the_group(self):
        """Odoo reads the column by its name; a registry of fields says which may be used."""
        fields = self.env["crm.lead.scoring.frequency.field"].search([]).mapped("field_id.name")
        self.assertIn("customer_prospect_group_id", fields)
        self.env["ir.config_parameter"].set_param(
            "crm.pls_fields", "customer_prospect_group_id,customer_size"
        )
        self.env["ir.config_parameter"].set_param("crm.pls_start_date", "2000-01-01")
        self._add_customers({"industry_id": self.retail.id}, [10.0] * 20)
        self._build()
        for won in (True, True, True, False):
            self._decide(self._lead(customer_industry_id=self.retail.id), won)
        self.leads._cron_update_automated_probabilities()
        variables = self.env["crm.lead.scoring.frequency"].search([]).mapped("variable")
        self.assertIn("customer_prospect_group_id", variables)

    # === PLAYS ===

    def test_a_play_finds_customers_of_competitors(self):
        self._lead(self.customer, customer_supplier_id=self.rival.id)
        self._invoice(self.other_customer, "2026-05-01", 100)
        self._lead(self.other_customer, customer_supplier_id=self.rival.id)
        self._drain()
        self._run_nightly()
        template = self.env.ref("customer_value.customer_play_template_competitor")
        play = (
            self.env["customer.play"]
            .with_user(self.manager)
            .create({"name": "Win them", "domain": template.domain})
        )
        self.assertEqual(play.sudo()._get_candidates().partner_id, self.customer)
        one = f"[('rival_id', '=', {self.rival.id})]"
        play.domain = one
        self.assertEqual(
            play.sudo()._get_candidates().partner_id, self.customer | self.other_customer
        )
