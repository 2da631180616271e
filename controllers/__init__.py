from . import json_dispatcher, telephony
