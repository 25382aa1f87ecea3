"""Request → Page. The only room that opens a connection to the outside.

    with Fetcher(user_agent="monitor/1.0 (+https://…)", clock=clock) as fetcher:
        page = fetcher.get(Request("https://…", etag=…))       # or raises FetchError
        for request, outcome in fetcher.get_many(requests):    # outcome is a Page or a FetchError
            ...

What the room promises: bounded time, bytes and redirects for every request; one request at a time to a host, spaced;
robots.txt obeyed; the server's own validators sent back verbatim; no connection to an address that is not public.
"""

from monitor.fetch.fetcher import Fetcher
from monitor.fetch.limits import Limits
from monitor.fetch.problems import KINDS, LASTING, TRANSIENT

__all__ = ["KINDS", "LASTING", "TRANSIENT", "Fetcher", "Limits"]
