from . import complaint_portal, export_safe, feedback, json_dispatcher, page_dispatcher, telephony
