from . import (
    customer_stopped_category,
    customer_stopped_category_refresh,
    customer_recommendation,
    customer_prediction_model,
    account_move_line,
    res_partner,
)
