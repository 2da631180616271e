"""What the random histories know about standing: customers with a rhythm, and words that agree."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from . import oracle

any_number = st.integers(0, 2**16)
# Steps of the history that is written down.
LEAVING_STEPS = [
    ("define_leaving", {"where": 0, "slipping": 20, "more": 25, "window": 30}),
    ("buy_in_a_rhythm", {"who": 1, "gap": 9, "times": 3, "pause": 21, "amount": 900}),
    ("buy_in_a_rhythm", {"who": 2, "gap": 50, "times": 2, "pause": 2, "amount": 900}),
    ("define_leaving", {"where": 1, "slipping": 300, "more": 1, "window": 0}),
    ("learn_leaving", {"where": 0}),
    ("define_leaving", {"where": 2, "slipping": 1, "more": 1, "window": 730}),
]


class StandingHistory:
    """Rules and invariants for the machine of ``tests/profile/test_property.py``."""

    @rule(
        who=any_number,
        gap=st.integers(3, 60),
        times=st.integers(1, 5),
        pause=st.integers(0, 400),
        amount=st.integers(1, 500_000),
    )
    def buy_in_a_rhythm(self, who, gap, times, pause, amount):
        """A customer, and another with the very same history, buy regularly and then pause."""
        self.is_sound = False
        for partner in (self.pick(self.partners, who), self.pick(self.partners, who + 1)):
            for number in range(times):
                self.post(
                    self.make_move(partner, self.companies[0], pause + gap * number, [amount])
                )
        self.done["buy_in_a_rhythm"] += 1
        self.is_sound = True

    @invariant()
    def segments_say_what_stages_say(self):
        """Between two runs, too, and whoever was touched last."""
        self.is_sound = False
        self.test._drain()
        profiles = self.env["customer.profile"].search([("company_id", "in", self.companies.ids)])
        for profile in profiles.filtered("segment"):
            self.test.assertIn(profile.segment, oracle.SEGMENTS_OF_STAGE[profile.stage])
        self.is_sound = True

    @invariant()
    def equal_customers_have_equal_segments(self):
        """Whoever bought on the same days for the same money stands in the same place."""
        self.is_sound = False
        self.test._drain()
        names = (*oracle.STANDING_SOURCES, "company_id")
        profiles = self.env["customer.profile"].search([("occasion_count", ">", 0)])
        for group in profiles.grouped(lambda p: tuple(p[name] for name in names)).values():
            segments = set(group.mapped("segment"))
            self.test.assertEqual(len(segments), 1, group.mapped("partner_id.name"))
        self.is_sound = True


class LeavingHistory:
    """The company sets what leaving means, or has it learned."""

    @rule(
        where=st.integers(0, 2**16),
        slipping=st.integers(1, 400),
        more=st.integers(1, 400),
        window=st.sampled_from((0, 7, 45, 730)),
    )
    def define_leaving(self, where, slipping, more, window):
        """Days after which a customer is slipping, and has left; days ahead that are foretold."""
        self._set_leaving(
            where,
            customer_leaving_rule="days",
            customer_slipping_days=slipping,
            customer_lapsed_days=slipping + more,
            customer_leaving_window_days=window,
        )
        self.done["define_leaving"] += 1

    @rule(where=st.integers(0, 2**16))
    def learn_leaving(self, where):
        """The days stay written, and count for nothing."""
        self._set_leaving(where, customer_leaving_rule="learned")
        self.done["learn_leaving"] += 1

    def _set_leaving(self, where, **values):
        self.is_sound = False
        company = self.pick(self.everywhere, where)
        company.write(values)
        self.run_nightly()
        self.check_relative_measures(company)
        model = self.env["customer.prediction.model"].sudo().new({"company_id": company.id})
        today = self.today(company)
        self.test.assertEqual(
            model._get_fit_horizon(model._get_log(today)),
            oracle.Oracle(company, today, self.final).get_window(),
        )
        self.is_sound = True
