"""Showing the product: what prints its documents, and pictures of its screens."""
