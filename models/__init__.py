# Lower rooms first: a room may use those before it, never those after.
from . import (
    base,
    profile,
    refresh,
    loyalty,
    interaction,
    timeline,
    satisfaction,
    prediction,
    recommendation,
    forecast,
    feedback,
    complaint,
    resolution,
    service_standard,
    telephony,
    api,
)
