from . import customer_profit_part
