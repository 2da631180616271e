"""What the random histories know about standing: customers with a rhythm, and words that agree."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from . import oracle

any_number = st.integers(0, 2**16)


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
