"""What a customer will buy, from the purchase process."""
