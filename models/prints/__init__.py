from . import (
    account_move,
    customer_complaint,
    customer_profile,
    res_company,
    customer_settings,
    res_partner,
)
