from . import (
    base_partner_merge,
    customer_api_key,
    customer_tier_override,
    customer_tier_preview,
    customer_tier_preview_line,
    customer_tier_preview_move,
)
