from . import (
    customer_account_plan,
    customer_account_plan_make,
    customer_account_plan_review,
    customer_account_aim,
    customer_account_aim_reached,
    customer_account_contact,
    customer_account_review,
    customer_account_reading,
    customer_account_review_make,
    customer_profile,
    res_partner,
)
