from . import (
    customer_tier,
    customer_tier_satisfaction,
    customer_tier_change,
    customer_profile,
    customer_profile_override,
)
