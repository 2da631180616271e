"""The statements that make a company's history: each file one part of it, run in this order."""
