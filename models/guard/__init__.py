from . import customer_company, customer_export_safe
