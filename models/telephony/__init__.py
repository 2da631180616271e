from . import (
    customer_call,
    customer_call_interaction,
    customer_call_popup,
    res_users,
)
