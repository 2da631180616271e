"""A made-up shop: customers with their own pace and order size, who stop at some time."""

import numpy as np

from odoo.addons.customer_value.engine.prediction import OccasionLog


def make_log(seed=1, customers=400, days=700, regularity=1):
    """Customers with their own pace and order size, who stop at some time.

    :param regularity: 1: at random; above: the pauses of a customer are more alike
    """
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        pace, size = random.gamma(1.5, 30) + 5, random.gamma(4, 20)
        day, end = random.integers(0, days // 2), random.exponential(500)
        start = day
        while day < days and day - start <= end:
            rows.append((customer, int(day), size * random.gamma(5, 0.2)))
            day += 1 + random.gamma(regularity, pace / regularity)
    return OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))
