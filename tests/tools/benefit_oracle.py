"""A naive reading of what tiers give and take, one customer, company and benefit at a time.

Written from docs/benefits.md only: nothing of models/ is used here.
"""

from dataclasses import dataclass

NOTHING = "nothing"  # no value of the contact's own


@dataclass
class Benefit:
    """What one customer has of one benefit in one company."""

    own: object = NOTHING
    fallback: object = False
    is_limit: bool = False
    is_graded: bool = False
    # What was given (with what was there before), or what was not given and why.
    given: object = None
    before: object = NOTHING
    withheld: object = None
    reason: str = ""

    @property
    def value(self):
        return self.fallback if self.own == NOTHING else self.own

    def edit(self, value):
        """Somebody sets a value by hand."""
        self.own = value

    def follow(self, wanted):
        """The tier gives ``wanted``, or nothing (``None``)."""
        if wanted == (self.given if self.given is not None else self.withheld):
            return
        blocked = self._leave()
        self.given = self.withheld = None
        self.before, self.reason = NOTHING, ""
        if wanted is None:
            return
        blocked = blocked or self._compare(wanted)
        if blocked:
            self.withheld, self.reason = wanted, blocked
        else:
            self.given, self.before = wanted, self.own
            self.own = wanted

    def _leave(self):
        """Take back what is ours; say what stands against giving something else."""
        if self.is_graded:
            return "partnership"
        if self.given is not None:
            if self.value != self.given:
                return "changed"
            self.own = self.before
        elif self.reason in ("changed", "partnership") and self.value != self.fallback:
            return "changed"
        return ""

    def _compare(self, wanted):
        """Say why what the customer has is not replaced."""
        if self.value == wanted:
            return "same"
        is_unlimited = not self.value and self.fallback
        return "better" if self.is_limit and (is_unlimited or self.value > wanted) else ""


@dataclass
class Gifts:
    """The welcome gifts one customer got in one company, one tier at a time."""

    tier: object = None
    given: set = None

    def reach(self, tier, ranks, gifts):
        """The customer holds ``tier`` (``None``: none) from now on.

        :param ranks: tier -> rank
        :param gifts: tiers with a gift at this moment
        """
        self.given = set() if self.given is None else self.given
        is_up = tier and (not self.tier or ranks[tier] > ranks[self.tier])
        if is_up and tier in gifts:
            self.given.add(tier)
        self.tier = tier
