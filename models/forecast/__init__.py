from . import (
    customer_pipeline_line,
    customer_pipeline_line_facts,
    customer_pipeline_line_collect,
    customer_sales_forecast,
    customer_sales_forecast_facts,
    customer_sales_forecast_make,
)
