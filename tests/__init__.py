from . import (
    test_access,
    test_cost,
    test_partner,
    test_profile_delivery,
    test_profile_payment,
    test_profile_sales,
    test_refresh,
    test_tier,
)
