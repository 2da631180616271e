from . import (
    customer_prediction_model,
    customer_prediction_model_fit,
    customer_prediction_model_log,
    customer_prediction_decile,
    customer_profile,
    customer_profile_score,
    customer_profile_text,
    customer_profile_card,
    customer_profile_snapshot,
    customer_refresh_run,
    res_company,
    crm_lead,
)
