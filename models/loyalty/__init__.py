from . import (
    customer_tier,
    customer_tier_change,
    customer_profile,
    customer_profile_earned,
    res_company,
    loyalty_program,
    loyalty_reward,
    loyalty_rule,
)
