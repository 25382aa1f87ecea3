"""Commitment Monitor: who promised how much to artificial intelligence, and what became of it."""

import os

__version__ = "0.1.0"

# The products of the network are small: the threads that numpy's library would start for them wait for each other, and
# take two and a half times the work. It reads this once, before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
