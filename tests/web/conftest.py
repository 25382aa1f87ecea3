"""A site for all tests of pages."""

from pages import site

__all__ = ["site"]
