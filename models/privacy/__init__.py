from . import (
    personal_text,
    customer_privacy,
    privacy_lookup_wizard,
    privacy_lookup_wizard_line,
)
