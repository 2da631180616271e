"""When open instalments, orders and quotations will be paid: learned, graded, never stored here.

Days are ordinals, delays days after the due date (negative: early), amounts company currency.
"""

from .delays import DELAYS, WEEKS, PaymentDays, get_payment_days
from .expected_cash import CashRange, get_cash_ranges, get_week_amounts
from .grade import PaymentGrade, grade_payment
from .habits import FEATURES
from .instalments import Instalments
from .late_payment import (
    MIN_DAYS,
    MIN_INSTALMENTS,
    OpenDocuments,
    PaymentModel,
    PaymentOutlook,
    fit_payment,
    foretell_payment,
)

__all__ = [
    "DELAYS",
    "FEATURES",
    "MIN_DAYS",
    "MIN_INSTALMENTS",
    "WEEKS",
    "CashRange",
    "Instalments",
    "OpenDocuments",
    "PaymentDays",
    "PaymentGrade",
    "PaymentModel",
    "PaymentOutlook",
    "fit_payment",
    "foretell_payment",
    "get_cash_ranges",
    "get_payment_days",
    "get_week_amounts",
    "grade_payment",
]
