from . import feedback, json_dispatcher, page_dispatcher, telephony
