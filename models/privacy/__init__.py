from . import personal_text, customer_privacy, privacy_lookup
