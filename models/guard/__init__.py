from . import (
    base,
    customer_date_bounds,
    customer_company,
    customer_mailed,
    ir_attachment,
    ir_http,
    ir_model_access,
    res_company,
    res_partner,
    res_users,
    res_users_apikeys,
)
from .quiet_logs import install

install()
