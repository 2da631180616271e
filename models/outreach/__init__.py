from . import (
    customer_sms_gateway,
    customer_sms_gateway_call,
    customer_sms_gateway_report,
    customer_outreach_message,
    customer_outreach_message_report,
    customer_outreach_message_send,
    customer_outreach_message_list,
    customer_play_optout,
    customer_feedback_request,
    res_company,
    customer_settings,
    res_partner,
)
