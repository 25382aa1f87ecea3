"""The databases that the ledger is tested on serve the outbox too."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_path = Path(__file__).parent.parent / "ledger" / "conftest.py"
_spec = importlib.util.spec_from_file_location("ledger_databases", _path)
assert _spec is not None and _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

cluster = _module.cluster
new_database = _module.new_database
database = _module.database
