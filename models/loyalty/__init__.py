from . import (
    customer_tier,
    customer_tier_change,
    customer_profile,
    res_company,
)
