"""The databases that the ledger is tested on, and a mail server, serve the tests of what goes wrong too."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_tests = Path(__file__).parent.parent
sys.path.append(str(_tests / "digest"))  # its mail servers
_spec = importlib.util.spec_from_file_location("ledger_databases", _tests / "ledger" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

cluster = _module.cluster
new_database = _module.new_database
database = _module.database
