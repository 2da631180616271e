from . import (
    account_move_line_cost,
    account_move_line_credit,
    account_move_line_credit_gone,
    account_move_line_history,
)
