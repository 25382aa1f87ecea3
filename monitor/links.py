"""Web addresses, brought to one form so that one article has one address. Ground floor: anybody may import it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

# Parameters that say how a reader came, not what is read. Prefixes end in a star.
_TRACKING = """
    utm_* mtm_* pk_* at_* mc_* hsa_* oly_* vero_* _hs* ns_* wt_* trk*
    fbclid gclid dclid gbraid wbraid msclkid yclid igshid twclid ttclid li_fat_id srsltid
    xtor xtref cmp cmpid ncid cmpref ito icid smid smtyp sref syn-* origin_referrer ref_src ref_url
    spm scid sc_src sc_cid s_cid src_medium taid wtrid ocid guccounter guce_* _ga _gl
"""
_TRACKED = re.compile("|".join(re.escape(p).replace(r"\*", ".*") for p in _TRACKING.split()), re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_SPACES = re.compile(r"[\s\x00-\x1f]+")


def resolve(base: str, link: str) -> str | None:
    """An address found on a page, made absolute; None for what is no web address (`mailto:`, `javascript:`)."""
    try:
        # Line breaks inside an address are layout; blanks at its ends are dirt.
        absolute = urljoin(base, _SPACES.sub("", link) if "\n" in link else link.strip())
        parts = urlsplit(absolute)
        return absolute if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def canonical(url: str) -> str:
    """The address without what does not tell articles apart: tracking, fragment, default port, case of the host.

    Parameters keep their order and spelling. An address that cannot be split is given back as it is. Conservative: two
    addresses that a server treats alike (`www.`, a slash at the end, http and https) stay two.
    """
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:
        return url
    query = "&".join(p for p in parts.query.split("&") if p and not _TRACKED.fullmatch(p.partition("=")[0]))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, fragment))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f"{host}:{parts.port}"
