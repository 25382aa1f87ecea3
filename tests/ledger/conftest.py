"""The databases that the ledger is tested on."""

from databases import cluster, database, new_database

__all__ = ["cluster", "database", "new_database"]
