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
        blocked = ""
        if self.given is not None:
            if self.is_graded:
                blocked = "partnership"
            elif self.value != self.given:
                blocked = "changed"
            else:
                self.own = self.before
        elif self.withheld is not None:
            if self.is_graded:
                blocked = "partnership"
            elif self.reason in ("changed", "partnership") and self.value != self.fallback:
                blocked = "changed"
        elif self.is_graded:
            blocked = "partnership"
        self.given = self.withheld = None
        self.before, self.reason = NOTHING, ""
        if wanted is None:
            return
        if not blocked and self.value == wanted:
            blocked = "same"
        if not blocked and self.is_limit and self.value > wanted:
            blocked = "better"
        if not blocked and self.is_limit and not self.value and self.fallback:
            blocked = "better"
        if blocked:
            self.withheld, self.reason = wanted, blocked
        else:
            self.given, self.before = wanted, self.own
            self.own = wanted
