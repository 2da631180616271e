from . import (
    personal_text,
    customer_privacy,
    customer_privacy_beside,
    customer_privacy_portal,
    customer_privacy_waiting,
    privacy_lookup_wizard,
    privacy_lookup_wizard_line,
)
