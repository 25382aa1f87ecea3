"""Why a page could not be had: one sentence for each kind, with what to do about it."""

from __future__ import annotations

from monitor.errors import FetchError

# kind: (what happened, what to do)
KINDS: dict[str, tuple[str, str]] = {
    "bad_url": ("This is not a web address", "Write it in full, beginning with https://."),
    "dns": (
        "The host name is not known",
        "Check the spelling; if it is right, the site may be gone or the network down.",
    ),
    "unreachable": (
        "The server cannot be reached",
        "It is tried again at the next poll; check the network if all fail.",
    ),
    "timeout": ("The server did not answer in time", "It is tried again at the next poll."),
    "tls": (
        "No trusted connection could be made",
        "The site's certificate is at fault; open it in a browser to see why.",
    ),
    "broken_off": ("The answer broke off or was garbled", "It is tried again at the next poll."),
    "refused_address": (
        "The address lies in a private or reserved network and was not contacted",
        "If this is meant, allow private addresses in the settings.",
    ),
    "redirect_loop": (
        "The server redirects in circles or too often",
        "The site may want cookies or a login; look for its feed or another address.",
    ),
    "bad_redirect": ("The server redirects to nowhere", "Open the address in a browser and note where it leads now."),
    "too_large": ("The answer is larger than is read", "Choose a smaller feed or a sitemap of recent articles."),
    "bomb": ("The compressed answer unpacks to more than is read", "Nothing was kept; the server may be compromised."),
    "encoding": (
        "The answer is compressed in a way that was not asked for",
        "The server is misconfigured; choose another address.",
    ),
    "empty": ("The server answered with nothing", "It is tried again at the next poll."),
    "not_text": ("The answer is not a text", "Choose the address of a feed, a sitemap or a page."),
    "blocked": (
        "The site does not let this program in",
        "Its feed may be open; otherwise write to the publisher, or add the article by hand.",
    ),
    "robots": (
        "The site's robots.txt forbids this address",
        "Choose another address of the site, or ask the publisher.",
    ),
    "robots_unavailable": (
        "The site's robots.txt could not be read, which counts as forbidden for now",
        "It is asked again within the hour.",
    ),
    "not_found": ("There is no such page", "The address may have changed; look for the new one."),
    "gone": ("The page is gone for good", "Remove the source or give its new address."),
    "refused": ("The server refused the request", "Check the address."),
    "rate_limited": ("The server asks us to come back later", "It is left alone until then; a slower pace helps."),
    "server_error": ("The server has a fault", "It is tried again at the next poll."),
}

# Worth another try within the same request.
TRANSIENT = frozenset({"unreachable", "timeout", "broken_off", "server_error"})
# Asking again will not help until somebody changes something.
LASTING = frozenset({"bad_url", "refused_address", "gone", "not_text"})


def problem(kind: str, url: str, cause: object = None, *, retry_after: float | None = None) -> FetchError:
    """The error for one kind of trouble; `retry_after` in seconds where the server asked for it."""
    what, hint = KINDS[kind]
    return FetchError(
        what, kind=kind, subject=url, cause=cause, hint=hint, retry_after=retry_after, gone=kind == "gone"
    )
