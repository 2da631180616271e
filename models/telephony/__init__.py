from . import (
    customer_call,
    customer_call_interaction,
    customer_call_popup,
    customer_call_complaint,
    customer_call_satisfaction,
    res_users,
)
