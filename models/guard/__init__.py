from . import base, customer_company
