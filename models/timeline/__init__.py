from . import (
    customer_timeline,
    customer_timeline_contact,
    customer_timeline_document,
    customer_timeline_message,
    customer_timeline_rating,
    customer_timeline_optional,
    customer_timeline_search,
    customer_timeline_reading,
    account_payment,
    calendar_attendee,
)
