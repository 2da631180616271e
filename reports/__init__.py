from . import customer_profit_part, customer_satisfaction_fact
