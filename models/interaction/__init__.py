from . import (
    customer_interaction_reason,
    customer_interaction,
    customer_interaction_document,
    customer_interaction_answer,
    customer_interaction_mail,
    customer_intake_channel,
    customer_contact_policy,
    customer_profile,
    customer_refresh_range,
    res_company,
    res_partner,
    crm_lead,
)
