"""The ledger: judgements become versions on two axes, the world's date and what was known; nothing is ever altered."""

from monitor.ledger.changes import History, MentionOutcome, Revision, Said, Telling
from monitor.ledger.ledger import Ledger
from monitor.ledger.outbox import Delivery, NewDelivery, StoredDigest
from monitor.ledger.taking import Outcome

__all__ = [
    "Delivery",
    "History",
    "Ledger",
    "MentionOutcome",
    "NewDelivery",
    "Outcome",
    "Revision",
    "Said",
    "StoredDigest",
    "Telling",
]
