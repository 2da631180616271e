from . import customer_complaint_measure, customer_complaint_rate, customer_profit_part
