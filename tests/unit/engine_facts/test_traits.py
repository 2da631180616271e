"""Who the customers are, beside what they do: used where it foretells two past windows better."""

import json
import unittest
import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.backtest import get_auc
from odoo.addons.customer_value.engine.numerics import encode_traits, fit_traits
from odoo.addons.customer_value.engine.prediction import (
    CustomerFacts,
    OccasionLog,
    PredictionModel,
    Traits,
    fit_prediction,
    get_moves,
    predict,
)

TODAY, HORIZON = 780, 90
LIVES = np.array([30.0, 90, 250, 250, 640, 1700])


def make_shop(seed, *, matters, customers=1200, days=900):
    """Six industries whose customers stay for one month to years, or all equally long."""
    dice = np.random.default_rng(seed)
    industries = dice.integers(0, 6, customers)
    rows = []
    for customer in range(customers):
        day = dice.integers(0, days - 60)
        life = LIVES[industries[customer]] if matters else 250
        end, rate = min(days, day + dice.exponential(life)), dice.gamma(1.2, 1 / 84)
        while day < end:
            rows.append((customer, int(day), dice.gamma(3, 30)))
            day += dice.exponential(1 / rate) + 1
    log = OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))
    countries = dice.integers(0, 4, customers)
    sizes = dice.lognormal(0, 1, customers)
    keys = log.keys
    traits = Traits.of(
        {
            "industry": [f"industry {number}" for number in industries[keys]],
            "country": [f"country {number}" if number else None for number in countries[keys]],
        },
        {"size": sizes[keys]},
        {"record": dice.integers(0, days, len(keys))},
    )
    return log, traits


class TestChoice(unittest.TestCase):
    def _score(self, log):
        model = fit_prediction(log, TODAY, HORIZON)
        facts = log.as_of(TODAY)
        bought = log.get_outcome(facts, HORIZON).purchases > 0
        return model, facts, get_auc(predict(model, facts).purchase_probability, bought)

    def test_chosen_where_it_matters_and_ahead_on_an_unseen_window(self):
        for seed in (1, 2):
            log, traits = make_shop(seed, matters=True)
            _model, _facts, before = self._score(log)
            model, _facts, after = self._score(log.with_traits(traits))
            self.assertIn("industry", model.adjustment.traits.names)
            self.assertGreater(after, before + 0.005)
            effects = list(model.adjustment.traits.effects["industry"].items())
            self.assertEqual(
                [name for name, _effect in sorted(effects, key=lambda pair: pair[1])][-1],
                "industry 5",
            )

    def test_not_chosen_where_it_does_not(self):
        for seed in (1, 2):
            log, traits = make_shop(seed, matters=False)
            plain, facts, before = self._score(log)
            model, _facts, after = self._score(log.with_traits(traits))
            self.assertIsNone(model.adjustment.traits, model.adjustment.gains)
            self.assertEqual(before, after)
            self.assertEqual(model.to_json()["process"], plain.to_json()["process"])
            self.assertEqual(
                predict(plain, facts).purchases.tolist(), predict(model, facts).purchases.tolist()
            )

    def test_a_tag_given_because_they_left_is_no_fact_of_the_days_before(self):
        """Silent customers were tagged ten days ago: as of today that seems to foretell."""
        log, _traits = make_shop(4, matters=False)
        seen = log.bought & (log.days <= TODAY)
        last = np.zeros(len(log.keys))
        np.maximum.at(last, log.customers[seen], log.days[seen])
        is_given = (last > 0) & (last < TODAY - 110)
        is_given &= np.random.default_rng(8).random(len(last)) < 0.8
        tags = np.where(is_given, "lost", "")
        before = [(np.full(len(last), TODAY - 11.0), [""] * len(last))]
        chosen, aucs = [], []
        for earlier in (None, {"tag": before}):
            known = log.with_traits(Traits.of({"tag": tags}, earlier=earlier))
            model, _facts, auc = self._score(known)
            chosen.append(bool(model.adjustment.traits))
            aucs.append(auc)
        self.assertEqual(chosen, [True, False])
        self.assertLess(aucs[0], aucs[1] - 0.005)


class TestModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log, cls.traits = make_shop(3, matters=True)
        cls.log = cls.log.with_traits(cls.traits)
        cls.model = fit_prediction(cls.log, TODAY, HORIZON)
        cls.facts = cls.log.as_of(TODAY)

    def test_survives_json_and_reads_what_was_stored_before(self):
        data = json.loads(json.dumps(self.model.to_json()))
        again = PredictionModel.from_json(data)
        for name in ("purchase_probability", "year_purchases"):
            one, other = (getattr(predict(m, self.facts), name) for m in (self.model, again))
            self.assertEqual(one.tolist(), other.tolist())
        del data["adjustment"]["traits"], data["adjustment"]["count_traits"]
        self.assertIsNone(PredictionModel.from_json(data).adjustment.traits)

    def test_order_of_rows_and_of_levels_changes_nothing(self):
        dice = np.random.default_rng(1)
        rows = dice.permutation(len(self.log))
        log = OccasionLog.of(
            *(c[rows] for c in (self.log.keys[self.log.customers], self.log.days,
                                self.log.revenues))
        ).with_traits(self.traits)  # fmt: skip
        self.assertEqual(fit_prediction(log, TODAY, HORIZON).to_json(), self.model.to_json())

    def test_a_customer_alone_is_foretold_the_same(self):
        whole = predict(self.model, self.facts).purchase_probability
        for row in (0, 7, 300):
            one = predict(self.model, self.facts.take(np.array([row])))
            self.assertEqual(one.purchase_probability[0], whole[row])

    def test_unseen_levels_and_unknown_facts_say_nothing(self):
        size = len(self.facts)
        parts = vars(self.facts) | {
            "traits": Traits.of({"industry": ["never met"] * size}),
        }
        strange = predict(self.model, CustomerFacts(**parts)).purchase_probability
        unknown = predict(self.model, CustomerFacts(**parts | {"traits": None}))
        self.assertEqual(strange.tolist(), unknown.purchase_probability.tolist())
        moves = get_moves(self.model, CustomerFacts(**parts))
        np.testing.assert_allclose(moves["trait:industry"], 0, atol=1e-12)

    def test_moves_tell_who_stays(self):
        moves = get_moves(self.model, self.facts)["trait:industry"]
        levels = self.facts.traits.levels["industry"]
        codes = self.facts.traits.codes["industry"]
        self.assertTrue((moves[codes == levels.index("industry 5")] > 0).all())
        self.assertTrue((moves[codes == levels.index("industry 0")] < 0).all())

    def test_the_total_stays(self):
        plain = fit_prediction(self.log.with_traits(None), TODAY, HORIZON)
        one, other = (
            predict(m, self.facts).purchase_probability.sum() for m in (plain, self.model)
        )
        self.assertAlmostEqual(one / other, 1, delta=0.02)


class TestParts(unittest.TestCase):
    def test_a_rare_level_is_drawn_to_nothing(self):
        """One window, 400 of a level of which 80 % buy and 400 of which 20 %; 20 who all do."""
        places = ["a"] * 400 + ["b"] * 400 + ["c"] * 20 + ["d", "e"]
        bought = np.array([1.0] * 320 + [0.0] * 80 + [1.0] * 80 + [0.0] * 320 + [1.0] * 22)
        coded = encode_traits([Traits.of({"kind": places})], ["kind"], [0])
        effects = fit_traits(coded, bought, np.zeros(822), np.zeros(822, int)).effects["kind"]
        self.assertAlmostEqual(effects["a"] - effects["b"], 2 * np.log(4), delta=0.4)
        self.assertLess(effects["c"], effects["a"] + 0.5)
        self.assertEqual(effects["d"], effects["e"])  # too few: together

    def test_names_of_everybody_are_no_fact(self):
        traits = Traits.of({"name": [f"customer {number}" for number in range(300)]})
        self.assertEqual(encode_traits([traits], ["name"], [0])[1], {})

    def test_texts_are_those_of_the_day(self):
        """Two changes of one customer, one of the next, none of the third, who has none."""
        traits = Traits.of(
            {"who": ["c", "b", ""], "where": ["x", "y", "z"]},
            earlier={"who": [([20, 15, -np.inf], ["b", "", ""]), ([10, -np.inf, -np.inf], "abc")]},
        )
        for day, texts in ((9, "a??"), (10, "a??"), (11, "b??"), (15, "b??"), (16, "bb?"),
                           (20, "bb?"), (21, "cb?")):  # fmt: skip
            then = traits.take(np.array([0, 1, 2])).as_of(day)
            found = [then.levels["who"][code] if code >= 0 else "?" for code in then.codes["who"]]
            self.assertEqual("".join(found), texts, day)
            self.assertEqual(then.codes["where"].tolist(), traits.codes["where"].tolist())
            self.assertFalse(then.earlier)
        self.assertEqual(traits.take([2, 0]).as_of(5).codes["who"][0], -1)

    def test_ages_are_those_of_the_day(self):
        traits = Traits.of(since={"record": [10, 90, np.nan]})
        np.testing.assert_array_equal(traits.get_number("record", 50), [40, np.nan, np.nan])

    @settings(deadline=None, max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 40), st.integers(0, 600), st.floats(-1e12, 1e12),
                st.one_of(st.none(), st.text(max_size=3)), st.floats(),
            ),
            max_size=80,
        )
    )  # fmt: skip
    def test_whatever_comes_is_finite_and_silent(self, rows):
        columns = list(zip(*rows, strict=True)) if rows else [()] * 5
        log = OccasionLog.of(*columns[:3])
        facts = {key: (text, number) for key, _day, _amount, text, number in rows}
        chosen = [facts.get(int(key), (None, np.nan)) for key in log.keys]
        log = log.with_traits(
            Traits.of(
                {"text": [text for text, _number in chosen]},
                {"number": [number for _text, number in chosen]},
            )
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = fit_prediction(log, 600, 60)
            found = predict(model, log.as_of(600))
        self.assertTrue(np.isfinite(found.purchase_probability).all())
