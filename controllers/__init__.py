from . import complaint_portal, feedback, json_dispatcher, page_dispatcher, telephony
