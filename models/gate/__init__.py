from . import base, customer_gate, mail_activity
