from . import (
    customer_tier,
    customer_tier_change,
    customer_profile,
    res_company,
    loyalty_program,
    loyalty_reward,
    loyalty_rule,
)
