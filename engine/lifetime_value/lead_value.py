"""What a lead will be worth: the mean of customers like it, drawn step by step to a wider group."""

from dataclasses import dataclass

# Fewer customers with a value in all, and nothing can be told.
MIN_CUSTOMERS = 20
# A group explains the value when it has so many customers.
MIN_GROUP_CUSTOMERS = 5
# A wider group counts as much as so many customers of the narrower one.
GROUP_WEIGHT = 10.0


@dataclass(frozen=True)
class LeadValue:
    """``value``: expected lifetime value; ``level``: position of the narrowest group that counts.

    ``count`` and ``mean`` are of that group, ``total`` and ``common`` of all customers.
    """

    value: float
    level: int
    count: int
    mean: float
    total: int
    common: float


def get_lead_value(groups) -> LeadValue | None:
    """Return the expected lifetime value of a lead, company currency; ``None``: not enough data.

    mᵏ = (Σᵏ + w · mᵏ⁻¹) / (nᵏ + w): the mean of few customers alike is hardly believed, that of
    many hardly drawn (Bühlmann's credibility with a fixed weight; docs/needs.md).

    :param groups: (number, sum of values) of customers, the widest group first, each one a part
        of the one before
    """
    total, amount = groups[0]
    if total < MIN_CUSTOMERS:
        return None
    value = common = amount / total
    level = 0
    for place, (count, summed) in enumerate(groups[1:], 1):
        value = (summed + GROUP_WEIGHT * value) / (count + GROUP_WEIGHT)
        if count >= MIN_GROUP_CUSTOMERS:
            level = place
    count, summed = groups[level]
    return LeadValue(value, level, count, summed / count, total, common)
