from . import (
    base,
    crm_lead,
    customer_bulk,
    customer_bulk_kind,
    customer_bulk_line,
    customer_call,
    customer_complaint,
    customer_first_steps,
    customer_profile,
    customer_settings,
    res_company,
    res_config_settings,
)
