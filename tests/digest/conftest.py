"""The databases that the ledger is tested on serve the outbox too."""

from databases import cluster, database, new_database

__all__ = ["cluster", "database", "new_database"]
