from . import (
    customer_answer_dimension,
    customer_answer_report,
    customer_cash_share,
    customer_complaint_measure,
    customer_complaint_rate,
    customer_gap_report,
    customer_interaction_response,
    customer_profit_part,
    customer_satisfaction_effect,
    customer_satisfaction_fact,
)
