"""Who the customers are: industry, country, source, tags … used where they foretell, and told."""

import random
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import TODAY, PredictionCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPredictionTraits(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env.user | cls.salesperson | cls.own_salesperson | cls.manager
        users.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.loyal, cls.fickle = cls.env["res.partner.industry"].create(
            [{"name": "Bakeries"}, {"name": "Fairs"}]
        )
        cls.shoppers = cls._add_customers(420)
        dice = random.Random(3)
        loyal = [dice.random() < 0.5 for _shopper in cls.shoppers]
        for wanted, industry in ((True, cls.loyal), (False, cls.fickle)):
            cls.shoppers.filtered(
                lambda shopper, kind=wanted: loyal[cls.shoppers.ids.index(shopper.id)] == kind
            ).industry_id = industry
        sales = []
        for number, customer in enumerate(cls.shoppers):
            day = cls._day(TODAY) - timedelta(days=dice.randrange(10, 900))
            end = day + timedelta(days=dice.expovariate(1 / (900 if loyal[number] else 60)))
            while day <= min(end, cls._day(TODAY)):
                sales.append((customer.id, day, round(dice.uniform(50, 500), 2)))
                day += timedelta(days=max(1, round(dice.expovariate(1 / 45))))
        cls._add_sales(sales)
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()

    def test_the_industry_is_used_and_told(self):
        engine, _card = self.model._get_engine_objects()
        self.assertTrue(engine.adjustment.traits, engine.adjustment.gains)
        self.assertIn("industry", engine.adjustment.traits.names)
        effects = engine.adjustment.traits.effects["industry"]
        self.assertGreater(effects[str(self.loyal.id)], effects[str(self.fickle.id)])
        self.assertIn("industry", self.model.learned)
        profiles = self.env["customer.profile"].search([("company_id", "=", self.company.id)])
        told = profiles.filtered(lambda profile: profile.prediction_raised_by == "industry")
        self.assertTrue(told)
        self.assertEqual(told.partner_id.industry_id, self.loyal)
        sentence = told[0].with_user(self.salesperson).prediction_sentence
        self.assertRegex(sentence, r"customers of industry Bakeries buy more often: \+\d+ points")
        told = profiles.filtered(lambda profile: profile.prediction_lowered_by == "industry")
        self.assertEqual(told.partner_id.industry_id, self.fickle)
        self.assertIn("customers of industry Fairs buy less often: −", told[0].prediction_sentence)

    def test_another_industry_changes_the_probability(self):
        shopper = self.shoppers.filtered(lambda shopper: shopper.industry_id == self.loyal)[0]
        before = self._profile(shopper).churn_probability
        shopper.industry_id = self.fickle
        self.env["customer.profile"]._refresh(self.company, shopper.ids)
        self.env.invalidate_all()
        after = self._profile(shopper).churn_probability
        self.assertGreater(after, before)
        shopper.industry_id = self.env["res.partner.industry"].create({"name": "New here"})
        self.env["customer.profile"]._refresh(self.company, shopper.ids)
        self.env.invalidate_all()
        neutral = self._profile(shopper).churn_probability
        self.assertTrue(before < neutral < after, (before, neutral, after))

    def test_one_statement_for_all(self):
        names = self.model._get_trait_names()

        def count(partners):
            self.env.invalidate_all()
            begin = self.env.cr.sql_log_count
            self.model._get_traits(partners.ids, names)
            return self.env.cr.sql_log_count - begin

        self.assertEqual(count(self.shoppers[:10]), count(self.shoppers))

    def test_facts_of_a_contact(self):
        buyer, other = self._add_customers(2, "Fact")
        search, fair = self.env["utm.source"].create([{"name": "Search"}, {"name": "Fair"}])
        tag = self.env["res.partner.category"].create({"name": "Gold"})
        self.shoppers[:30].category_id = tag
        buyer.write({
            "category_id": [(4, tag.id)],
            "country_id": self.env.ref("base.es").id,
            "is_company": False,
            "user_id": self.salesperson.id,
        })  # fmt: skip
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": buyer.id})
        orders = self.env["sale.order"].with_company(self.company)
        orders.create({"partner_id": buyer.id, "date_order": "2025-01-05", "source_id": fair.id})
        orders.create({"partner_id": contact.id, "date_order": "2025-01-02",
                       "source_id": search.id})  # fmt: skip
        orders.create({"partner_id": contact.id, "date_order": "2024-01-02"})
        self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": other.id, "source_id": fair.id, "company_id": False}
        )
        names = self.model._get_trait_names()
        self.assertIn(f"tag:{tag.id}", names)
        # Out of order: each keeps its own.
        traits = self.model._get_traits([other.id, buyer.id], names)
        self.assertEqual(
            self._read(traits, 1),
            {
                "industry": None,
                "country": str(self.env.ref("base.es").id),
                "salesperson": str(self.salesperson.id),
                "kind": "person",
                "source": str(search.id),
                f"tag:{tag.id}": "yes",
            },
        )
        self.assertEqual(self._read(traits, 0)["source"], str(fair.id))
        self.assertEqual(self._read(traits, 0)["kind"], "company")
        self.assertIsNone(self._read(traits, 0)[f"tag:{tag.id}"])
        made = buyer.create_date.date().toordinal()
        self.assertEqual(traits.since["record"][1], made)

    def test_facts_are_those_of_the_day(self):
        """Salesperson by the chatter, source by its order; a tag is known since a fit noted it."""
        buyer, other = sorted(self._add_customers(2, "Then"), key=lambda partner: partner.id)
        tag = self.env["res.partner.category"].create({"name": "Lost"})
        self.shoppers[:30].category_id = tag
        buyer.user_id = self.salesperson
        self.env.cr.precommit.run()
        buyer.with_context(tracking_disable=False).user_id = self.own_salesperson
        self.env.cr.precommit.run()
        last = self.env["mail.tracking.value"].search([
            ("mail_message_id.model", "=", "res.partner"),
            ("mail_message_id.res_id", "=", buyer.id),
            ("new_value_integer", "=", self.own_salesperson.id),
        ])  # fmt: skip
        self.assertEqual(last.old_value_integer, self.salesperson.id)
        first = last.copy({"old_value_integer": 0, "new_value_integer": self.salesperson.id})
        for change, day in ((first, "2026-01-10"), (last, "2026-03-05")):
            self.env.cr.execute(
                "UPDATE mail_tracking_value SET create_date = %s WHERE id = %s", (day, change.id)
            )
        source = self.env["utm.source"].create({"name": "Fair"})
        self.env["sale.order"].with_company(self.company).create(
            {"partner_id": buyer.id, "date_order": "2026-02-01", "source_id": source.id}
        )
        today = self._day(TODAY)
        self.assertEqual(self.model.tag_state, {"tags": {}})
        self.assertEqual(self.model._read_tag_state(), {str(tag.id): self.shoppers[:30].ids})
        self.model.tag_state = {"tags": {str(tag.id): buyer.ids}}
        other.category_id = tag
        then = today + timedelta(days=40)
        later = self.model.create({"company_id": self.company.id, "date": then})
        names = later._get_trait_names()
        earlier = later._get_earlier_traits([buyer.id, other.id], names, then)
        traits = later._get_traits([buyer.id, other.id], names, earlier)

        def read(day, name):
            found = traits.as_of(day.toordinal())
            return [self._read(found, row)[name] for row in (0, 1)]

        first, second = str(self.salesperson.id), str(self.own_salesperson.id)
        for day, person in (("2026-01-09", None), ("2026-01-10", first), ("2026-03-04", first),
                            ("2026-03-05", second)):  # fmt: skip
            self.assertEqual(read(self._day(day), "salesperson"), [person, None], day)
        self.assertEqual(read(self._day("2026-01-31"), "source"), [None, None])
        self.assertEqual(read(self._day("2026-02-01"), "source"), [str(source.id), None])
        self.assertEqual(read(then, f"tag:{tag.id}"), [None, "yes"])
        self.assertEqual(read(then - timedelta(days=1), f"tag:{tag.id}"), ["yes", None])
        self.assertEqual(read(today, f"tag:{tag.id}"), ["yes", None])
        self.assertEqual(read(today - timedelta(days=1), f"tag:{tag.id}"), [None, None])

    def test_a_tag_of_those_who_left_is_not_learned_from(self):
        """All silent customers are tagged today: it says nothing of the days before."""
        silent = self.env["customer.profile"].search([
            ("company_id", "=", self.company.id),
            ("last_occasion_date", "<", self._day(TODAY) - timedelta(days=100)),
        ]).partner_id  # fmt: skip
        self.assertGreater(len(silent), 100)
        tag = self.env["res.partner.category"].create({"name": "Lost"})
        silent.category_id = tag
        model = self._make_model()
        engine, _card = model._get_engine_objects()
        self.assertEqual(engine.adjustment.gains[f"trait:tag:{tag.id}"], (0, 0))
        self.assertNotIn("tag", model.learned)
        self.assertEqual(set(model.tag_state["tags"]), {str(tag.id)})
        self.assertEqual(set(model.tag_state["tags"][str(tag.id)]), set(silent.ids))

    def _read(self, traits, row):
        return {
            name: traits.levels[name][codes[row]] if codes[row] >= 0 else None
            for name, codes in traits.codes.items()
        }

    def test_where_they_came_from_is_told(self):
        profile = self._profile(self.shoppers[4])
        source = self.env["utm.source"].create({"name": "Our leaflet"})
        self.env["sale.order"].with_company(self.company).create(
            {"partner_id": self.shoppers[4].id, "source_id": source.id}
        )
        self.env.invalidate_all()
        self.assertEqual(profile.first_source_id, source)
        for user in (self.salesperson, self.manager):
            clause = profile.with_user(user)._get_trait_clause("source", more=True)
            self.assertEqual(clause, "customers who came from Our leaflet buy more often")
        self.assertEqual(profile._get_trait_clause("rhythm", more=True), "")
        self.assertEqual(profile._get_trait_clause("tags", more=True), "")
        self.assertEqual(profile._get_trait_clause("kind", more=False), "companies buy less often")

    def test_names_of_the_engine(self):
        profiles = self.env["customer.profile"]
        allowed = dict(profiles._fields["prediction_raised_by"].selection)
        for name in self.model._get_trait_names():
            self.assertIn(profiles._get_mover(f"trait:{name}"), allowed)
        self.assertEqual(profiles._get_mover("trait:tag:12"), "tags")
        self.assertEqual(profiles._get_mover("rhythm"), "rhythm")
