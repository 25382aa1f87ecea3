"""Looking nothing up costs nothing: data files are read on first use."""

import subprocess
import sys

PROBE = """
import sys, time
start = time.perf_counter()
import monitor.knowledge
spent = time.perf_counter() - start
from monitor.knowledge import actors, places
assert actors.directory.cache_info().currsize == 0 and places._data.cache_info().currsize == 0
assert spent < 0.02, spent
assert "yaml" not in sys.modules
"""


def test_importing_reads_no_data() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
