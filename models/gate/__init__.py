from . import base, customer_gate
