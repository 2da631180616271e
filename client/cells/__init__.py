"""What one cell of a file says: codes, numbers, currencies, days. Pure functions."""
