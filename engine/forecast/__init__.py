"""Revenue of the coming months."""
