from . import (
    customer_today,
    customer_today_row,
    customer_today_skip,
    customer_today_source,
    res_company,
    res_config_settings,
)
