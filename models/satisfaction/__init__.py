from . import (
    customer_profile,
    customer_profile_card,
    customer_profile_snapshot,
    customer_profile_fact,
    customer_refresh_range,
    res_company,
    res_partner,
)
