from . import (
    customer_service_standard,
    customer_tier,
    customer_complaint_pause,
    customer_complaint_deadline,
    customer_complaint_deadline_watch,
    customer_complaint,
    customer_complaint_apply,
    customer_complaint_stage,
)
