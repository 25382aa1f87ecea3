"""The databases that the ledger is tested on, and a mail server, serve the tests of what goes wrong too."""

import sys
from pathlib import Path

from databases import cluster, database, new_database

sys.path.append(str(Path(__file__).parent.parent / "digest"))  # its mail servers

__all__ = ["cluster", "database", "new_database"]
