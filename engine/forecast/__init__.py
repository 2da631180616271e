"""Revenue of this month and the next ones: what customers, newcomers and open documents bring.

From the prediction of the company, revenue by month, and past quotations. Company currency; months
as year · 12 + month - 1; errors relative (0.1: 10 %), probabilities 0 to 1; ``None`` where there is
not enough history. Method: docs/forecast.md.
"""

from .sales_forecast import (
    MIN_RELATIVE_ERROR,
    UNKNOWN_SEASON_ERROR,
    MonthForecast,
    NewSales,
    RepeatSales,
    Season,
    get_month_forecast,
    get_new_sales,
    get_pipeline_variance,
    get_relative_error,
    get_repeat_sales,
    get_sales_beyond_pipeline,
    get_season,
    get_untried_error,
)
from .win_rates import (
    DEFAULT_WIN_DAYS,
    DEFAULT_WIN_PROBABILITY,
    MAX_WIN_DAYS,
    QUOTATION_AGES,
    WinRates,
    learn_win_rates,
)

__all__ = [
    "DEFAULT_WIN_DAYS",
    "DEFAULT_WIN_PROBABILITY",
    "MAX_WIN_DAYS",
    "MIN_RELATIVE_ERROR",
    "QUOTATION_AGES",
    "UNKNOWN_SEASON_ERROR",
    "MonthForecast",
    "NewSales",
    "RepeatSales",
    "Season",
    "WinRates",
    "get_month_forecast",
    "get_new_sales",
    "get_pipeline_variance",
    "get_relative_error",
    "get_repeat_sales",
    "get_sales_beyond_pipeline",
    "get_season",
    "get_untried_error",
    "learn_win_rates",
]
