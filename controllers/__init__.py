from . import complaint_portal, json_dispatcher, telephony
