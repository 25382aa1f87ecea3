"""Recognition: which mentions tell of one commitment, and what each adds to it. Pure functions over mentions."""

from monitor.resolution.recogniser import Recogniser

__all__ = ["Recogniser"]
