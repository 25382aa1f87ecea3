"""Commitment Monitor: who promised how much to artificial intelligence, and what became of it."""

__version__ = "0.1.0"
