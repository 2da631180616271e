from . import complaint_portal, dispatchers, export, feedback, rpc, telephony
