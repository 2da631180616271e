from . import (
    customer_complaint,
    customer_complaint_result,
    customer_complaint_resolution,
    customer_complaint_resolution_line,
    customer_complaint_resolution_request,
    customer_complaint_resolution_credit,
    customer_complaint_resolution_return,
    customer_complaint_resolution_replacement,
    customer_complaint_resolution_points,
    account_move,
    sale_order,
    stock_picking,
)
