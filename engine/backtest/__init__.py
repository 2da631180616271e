"""How good a prediction was on past days whose outcome is known."""
