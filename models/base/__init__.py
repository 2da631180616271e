from . import (
    access,
    scope,
    nullable,
    customer_export_safe,
    customer_mail_screening,
    customer_contact,
    customer_request,
    mail_thread,
    working_calendar,
    res_partner,
    res_config_settings,
)
