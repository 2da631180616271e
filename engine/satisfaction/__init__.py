"""The satisfaction score."""
