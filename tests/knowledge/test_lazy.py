"""Looking nothing up costs nothing: data files are read on first use."""

import subprocess
import sys

PROBE = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: event == "open" and opened.append(str(arguments[0])))
import monitor.knowledge
from monitor.knowledge import actors, places
assert actors.directory.cache_info().currsize == 0 and places._data.cache_info().currsize == 0
assert any("knowledge" in path for path in opened), opened
assert not [path for path in opened if path.endswith((".tsv", ".txt", ".yaml", ".toml", ".json", ".gz"))], opened
assert "yaml" not in sys.modules
"""


def test_importing_reads_no_data() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
