from . import (
    customer_answer_dimension,
    customer_answer_report,
    customer_gap_report,
    customer_profit_part,
    customer_satisfaction_effect,
    customer_satisfaction_fact,
)
