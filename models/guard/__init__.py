from . import customer_date_bounds, customer_company, customer_export_safe
from .quiet_logs import install

install()
