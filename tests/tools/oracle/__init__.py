"""The naive oracle of the profile: ``profile.py``, with ``payments.py`` and ``standing.py``."""

from .numbers import exact
from .payments import SALE_TYPES
from .profile import (
    COUNT_FIELDS,
    EMPTY_FIELDS,
    MONEY_FIELDS,
    STANDING_SOURCES,
    Oracle,
    differences,
    read_profile,
)
from .standing import RELATIVE_FIELDS, SEGMENTS_OF_STAGE
