"""From changes to mail that arrives: what is told, in which words, and how it is delivered.

changes -> build -> Digest -> render -> Rendered -> pack -> Parcel (stored) -> Outbox -> delivered
"""
