"""Answering customers: working time, phone numbers, faxes and calls."""
