from . import (
    customer_date_bounds,
    ir_http,
    ir_qweb_field_customer_date,
    ir_qweb_field_customer_datetime,
    res_company,
    customer_settings,
)
