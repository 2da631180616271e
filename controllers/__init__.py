from . import complaint_portal, dispatchers, export, feedback, play, rpc, telephony
