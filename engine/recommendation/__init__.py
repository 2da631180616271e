"""Which products a customer may need next."""
