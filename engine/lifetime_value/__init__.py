"""What a lead will be worth, and what keeping a customer is worth."""
