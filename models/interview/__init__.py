from . import (
    customer_lost_reason,
    customer_lost_interview,
    customer_profile,
)
