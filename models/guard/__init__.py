from . import customer_company, customer_export_safe, res_company, res_partner
