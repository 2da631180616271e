from . import (
    base_partner_merge,
    base_partner_merge_interaction,
    customer_interaction_log,
    customer_interaction_log_save,
    customer_interaction_assign,
    customer_api_key,
    customer_complaint_merge,
    customer_tier_override,
    customer_tier_preview,
    customer_tier_preview_line,
    customer_tier_preview_move,
)
