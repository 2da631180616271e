from ast import literal_eval
from datetime import date, timedelta

import numpy as np
from lxml import etree

from odoo.tests import freeze_time, tagged

from ...engine.lifetime_value import shrink_uplift
from ...models.play.customer_play_result import SHARES
from ..profile.test_real_sales import ONLINE_RETAIL, SAMPLE, read_sales
from ..recommendation.common import COST_SHARE, RecommendationCommon
from .common import START, PlayCommon

CUSTOMERS, PLAYS, STEP_DAY, STEP_COST = 120, 100, 14, 3.0
MEASURES = ("bought", "revenue", "net_profit")
# What a customer who is moved by a play buys more for.
EFFECT = 400.0


@tagged("post_install", "-at_install")
class TestPlayRealSales(PlayCommon):
    """A play on real sales, with time moved forward, against the file read by other means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = ONLINE_RETAIL if ONLINE_RETAIL.exists() else SAMPLE
        is_real = path == ONLINE_RETAIL
        cls.start = date(2011, 8, 1) if is_real else date(2025, 9, 1)
        sales = [
            sale
            for sale in read_sales(path).values()
            if sale.revenue and sale.day <= cls.start + timedelta(days=60)
            and not sale.credit_of and not sale.number.startswith("C")
        ]  # fmt: skip
        known = sorted({sale.customer for sale in sales if sale.day < cls.start})[:CUSTOMERS]
        cls.buyers = cls.env["res.partner"].create(
            [
                {"name": f"Buyer {number}", "is_company": True, "user_id": cls.own_salesperson.id}
                for number in known
            ]
        )
        cls.ids = dict(zip(known, cls.buyers.ids, strict=True))
        cls.sales = [sale for sale in sales if sale.customer in cls.ids]
        cls._post(lambda day: day < cls.start)

    @classmethod
    def _post(cls, is_wanted):
        """Post the sales of some days."""
        product = cls.product.id
        wanted = [
            (cls.ids[sale.customer], sale.day, [(product, 1, float(sale.revenue))])
            for sale in cls.sales
            if is_wanted(sale.day)
        ]
        RecommendationCommon._add_purchases.__func__(cls, wanted)
        with freeze_time(str(cls.start)):
            cls._refresh(cls.buyers)

    def _expect(self, until):
        """Return {customer id: (first day, revenue)} of the days measured, from the file."""
        found = {}
        for sale in self.sales:
            if self.start < sale.day <= until:
                first, revenue = found.get(self.ids[sale.customer], (sale.day, 0.0))
                revenue += float(sale.revenue)
                found[self.ids[sale.customer]] = (min(first, sale.day), revenue)
        return found

    def test_end_to_end(self):
        step = ("opportunity", STEP_DAY, {"cost": STEP_COST})
        with freeze_time(f"{self.start} 09:00:00"):
            play = self._start(self._make_play(self.buyers, step, period_days=30, after_days=30))
        self.assertEqual(play.member_ids.partner_id, self.buyers)
        day = self.start + timedelta(days=STEP_DAY)
        self._post(lambda sold: self.start <= sold <= day)
        with freeze_time(f"{day} 09:00:00"):
            self._work()
        until = self.start + timedelta(days=60)
        self._post(lambda sold: day < sold <= until)
        with freeze_time(f"{until + timedelta(days=1)} 09:00:00"):
            self._work()
            self._work()
        self.assertEqual(play.state, "done")
        treated, control = (self._get_group(play, group) for group in ("play", "control"))
        self.assertFalse(treated.partner_id & control.partner_id)
        self.assertFalse(control.action_ids)

        early, late = self._expect(day), self._expect(until)
        for member in treated:
            has_left = member.partner_id.id in early
            self.assertEqual(member.leave_reason, "bought" if has_left else False)
            self.assertEqual(bool(member.action_ids.lead_id), not has_left)
        for member in play.member_ids:
            first, revenue = late.get(member.partner_id.id, (False, 0.0))
            cost = STEP_COST if member.action_ids.lead_id else 0.0
            self.assertEqual(member.bought_date, first)
            self.assertAlmostEqual(member.revenue, revenue, places=1)
            self.assertAlmostEqual(member.gross_profit, revenue * (1 - COST_SHARE), places=1)
            self.assertAlmostEqual(
                member.net_profit, member.gross_profit - member.serve_cost - cost, places=2
            )
        self._check_lines(play, treated, control, late)

    def _check_lines(self, play, treated, control, late):
        """The table of the outcome, from the file and by formulas of its own."""
        shares, money = [], []
        for group in (treated, control):
            ids = group.partner_id.ids
            shares.append(100 * sum(id_ in late for id_ in ids) / len(ids))
            money.append([late.get(id_, (0, 0.0))[1] for id_ in ids])
        lines = {line.measure: line for line in play.result_ids}
        bought, revenue, net = (lines[name] for name in ("bought", "revenue", "net_profit"))
        self.assertAlmostEqual(bought.play_value, shares[0], places=6)
        self.assertAlmostEqual(bought.difference, shares[0] - shares[1], places=6)
        self.assertAlmostEqual(revenue.play_value, np.mean(money[0]), places=1)
        self.assertAlmostEqual(revenue.control_value, np.mean(money[1]), places=1)
        self.assertTrue(bought.low < bought.difference < bought.high)
        self.assertTrue(revenue.low < revenue.difference < revenue.high)
        self.assertAlmostEqual(play.uplift_profit, net.difference * len(treated), places=2)
        # what the lists behind the numbers add up to
        self.assertAlmostEqual(
            sum(treated.mapped("net_profit")) / len(treated), net.play_value, places=2
        )
        done = play.action_ids.filtered(lambda action: action.state == "done")
        self.assertAlmostEqual(play.spent, STEP_COST * len(done))
        self.assertEqual(play.step_ids.done_count, len(done))
        self.assertEqual(play.step_ids.left_out_count, len(play.action_ids) - len(done))
        after = self.start + timedelta(days=STEP_DAY)
        days = {id_: first for id_, (first, _revenue) in late.items()}
        bought_after = [a for a in done if days.get(a.partner_id.id, date.min) >= after]
        self.assertEqual(play.step_ids.bought_count, len(bought_after))
        self._press_what_opens(play)

    def _press_what_opens(self, play):
        """Every number of the form has a button, and what it opens adds up to it."""
        form = etree.fromstring(self.plays.get_view(view_type="form")["arch"])  # noqa: S320 - our own
        lists = {name: form.find(f".//field[@name='{name}']/list")
                 for name in ("step_ids", "result_ids")}  # fmt: skip

        def press(records, button):
            told = {"count": None, "members": None, **literal_eval(button.get("context") or "{}")}
            return getattr(records.with_context(**told), button.get("name"))()

        step, pressed = play.step_ids, set()
        for button in lists["step_ids"].iterfind("button[@name='action_open_counted']"):
            name = literal_eval(button.get("context") or "{}").get("count")
            found = self.actions.search(press(step, button)["domain"])
            if name == "cost_total":
                self.assertAlmostEqual(sum(found.mapped("cost")), step.cost_total)
            else:
                self.assertEqual(len(found), step[name] if name else len(play.action_ids))
            pressed.add(name)
        self.assertEqual(pressed, {None, "cost_total", *step._get_count_domains()})
        for line in play.result_ids:
            for button in lists["result_ids"].iterfind("button"):
                action = press(line, button)
                found = self.members.search(action["domain"])
                group = literal_eval(button.get("context") or "{}").get("members")
                if not group:
                    self.assertEqual(found, play.member_ids)
                    continue
                self.assertEqual({*found.mapped("group")}, {group})
                name = f"is_{line.measure}" if line.measure in SHARES else line.measure
                self.assertEqual(
                    f"search_default_{line.measure}" in action["context"], line.measure in SHARES
                )
                values = [100 * one[name] if line.measure in SHARES else one[name] for one in found]
                self.assertAlmostEqual(np.mean(values), line[f"{group}_value"], places=2)
        for name, told in (("play_count", "play"), ("control_count", "control"),
                           ("left_count", "left")):  # fmt: skip
            domain = play.with_context(members=told).action_open_members()["domain"]
            self.assertEqual(self.members.search_count(domain), play[name])
        paid = self.actions.search(play.with_context(paid=True).action_open_actions()["domain"])
        self.assertAlmostEqual(sum(paid.mapped("cost")), play.spent)
        self.assertAlmostEqual(play.return_ratio, play.uplift_profit / play.uplift_spent)

    def _draw_and_measure(self, number, work=None):
        """Start a play of its own, let something happen to its customers, and measure it.

        :param work: called with the customers of the play group
        :return: {measure: its line}
        """
        with freeze_time(f"{self.start} 09:00:00"):
            play = self._make_play(self.buyers, ("opportunity", 30), period_days=30)
            play.with_user(self.manager).action_start()
            play.seed = 1000 + number
            self.plays._enroll_batch()
        if work:
            work(self._get_group(play, "play").partner_id)
        with freeze_time(f"{self.start + timedelta(days=60)} 09:00:00"):
            play._measure()
        found = {
            line.measure: (line.low, line.difference, line.high)
            for line in play.result_ids
            if line.measure in MEASURES
        }
        play._leave_all("stopped")
        play.state = "cancelled"
        return found

    def test_plays_without_effect_show_none(self):
        """Of 100 plays in which nothing is done, 90 or more tell no effect."""
        self._post(lambda sold: sold >= self.start)
        covered = dict.fromkeys(MEASURES, 0)
        for number in range(PLAYS):
            for measure, (low, _difference, high) in self._draw_and_measure(number).items():
                covered[measure] += low <= 0 <= high
        for measure, count in covered.items():
            self.assertGreaterEqual(count, 90, (measure, covered))

    def test_plays_with_a_known_effect_tell_it(self):
        """Every second customer of a play group buys for as much again, in 100 plays.

        What that is on average of all customers is the true effect: the intervals hold it in 90 of
        them or more, and are on average where it is.
        """
        self._post(lambda sold: sold >= self.start)
        moved, day = self.buyers[::2], self.start + timedelta(days=20)
        already = self._expect(self.start + timedelta(days=60))
        count = len(self.buyers)
        truth = {
            "revenue": EFFECT * len(moved) / count,
            "net_profit": EFFECT * (1 - COST_SHARE) * len(moved) / count,
            "bought": 100 * sum(one.id not in already for one in moved) / count,
        }
        covered, told = dict.fromkeys(MEASURES, 0), {measure: [] for measure in MEASURES}

        def buy_more(treated):
            purchases = [(one.id, day, [(self.product.id, 1, EFFECT)]) for one in treated & moved]
            RecommendationCommon._add_purchases.__func__(type(self), purchases)

        for number in range(PLAYS):
            with self.cr.savepoint() as savepoint:
                found = self._draw_and_measure(number, buy_more)
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            for measure, (low, difference, high) in found.items():
                covered[measure] += low <= truth[measure] <= high
                told[measure].append(difference)
        for measure, differences in told.items():
            self.assertGreaterEqual(covered[measure], 90, (measure, covered))
            error = abs(np.mean(differences) - truth[measure])
            self.assertLess(error, 3 * np.std(differences) / PLAYS**0.5, (measure, truth))


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestPlayLearning(PlayCommon):
    """What plays have brought changes the next verdict."""

    def _measure_play(self, customers, buyers, **values):
        play = self._start(
            self._make_play(customers, ("opportunity", 0), control_percent=50, **values)
        )
        for customer in buyers(self._get_group(play, "play").partner_id):
            self._invoice(customer, "2026-06-10", 100)
        with self._later(days=61):
            self._work()
            self._work()
        self.assertEqual(play.state, "done")
        return play

    def test_the_next_verdict(self):
        customers = self._add_customers(12)
        before = self.company._get_customer_retention_uplifts()
        self.assertEqual(before, (0.05, 0.15))
        self._measure_play(customers, lambda treated: treated, is_retention=True)
        contact, offer = self.company._get_customer_retention_uplifts()
        self.assertAlmostEqual(contact, shrink_uplift(0.05, [(6, 6, 0, 6)]))
        self.assertGreater(contact, 0.05)
        self.assertEqual(offer, 0.15)
        plays = self.company._get_customer_retention_plays()
        self.assertEqual(plays.contact_uplift_ratio, contact)
        runs = self.env["customer.refresh.run"].search([("company_id", "=", self.company.id)])
        self.assertIn("requested", runs.mapped("state"))

    def test_other_plays_teach_nothing(self):
        customers = self._add_customers(6)
        self._measure_play(customers, lambda treated: treated)
        self.assertEqual(self.company._get_customer_retention_uplifts(), (0.05, 0.15))

    def test_without_a_control_group_nothing_is_told(self):
        play = self._start(self._make_play(self._add_customers(3), control_percent=0))
        self.assertIs(play.uplift_low, False)
        self.assertIn("Not enough data", play.outcome_sentence)

    def test_answers(self):
        customers = self._add_customers(4)
        play = self._start(self._make_play(customers, ("opportunity", 0), control_percent=0))
        with self._later(days=1):
            self.env["customer.interaction"].create(
                {"partner_id": customers[0].id, "direction": "in", "company_id": self.company.id}
            )
            self._work()
        answered = play.member_ids.filtered("is_answered")
        self.assertEqual(answered.partner_id, customers[0])
        line = play.result_ids.filtered(lambda line: line.measure == "answered")
        self.assertEqual(line.play_value, 25)
