"""Pages that keep the article back: paywalls and tests for humans."""

from __future__ import annotations

from monitor.reading.words import folded

# A walled page shows less than this many characters of its article.
_TEASER = 1800

_WALLS = tuple(
    folded(phrase)
    for phrase in (
        "réservé aux abonnés",
        "réservée aux abonnés",
        "il vous reste à lire",
        "de cet article à lire",
        "abonnez-vous pour lire la suite",
        "pour lire la suite de cet article",
        "subscribe to continue reading",
        "subscribe to read the full",
        "subscribe to unlock this article",
        "this article is for subscribers only",
        "this content is for subscribers",
        "to continue reading this article",
        "already a subscriber? log in",
        "sign in to continue reading",
        "register to continue reading",
        "weiterlesen mit",
        "dieser artikel ist für abonnenten",
        "nur für abonnenten",
        "jetzt abonnieren und weiterlesen",
        "sie möchten weiterlesen",
        "exclusivo para suscriptores",
        "contenido exclusivo para suscriptores",
        "suscríbete para seguir leyendo",
        "suscríbete para continuar leyendo",
        "para seguir leyendo",
        "riservato agli abbonati",
        "abbonati per continuare a leggere",
        "abbonati per leggere",
        "per continuare a leggere",
    )
)
_CHALLENGES = tuple(
    folded(phrase)
    for phrase in (
        "just a moment",
        "checking your browser",
        "verify you are human",
        "verifying you are human",
        "enable javascript and cookies to continue",
        "please enable js and disable any ad blocker",
        "are you a robot",
        "access denied",
        "access to this page has been denied",
        "pardon our interruption",
        "attention required cloudflare",
        "vérifiez que vous êtes humain",
        "vous n êtes pas un robot",
        "accès refusé",
        "bestätigen sie dass sie ein mensch sind",
        "zugriff verweigert",
        "verifique que es humano",
        "acceso denegado",
        "accesso negato",
    )
)


def is_challenge(title: str, text: str) -> bool:
    """True if a short page says so in its title or text: a test for humans or a closed door instead of an article."""
    if len(text) >= 600:
        return False
    words = folded(f"{title} {text}")
    return any(phrase in words for phrase in _CHALLENGES)


def is_walled(text: str, *, free: bool) -> bool:
    """True if only a teaser is shown: the page declares itself paid for, or says so where its text ends."""
    if len(text) >= _TEASER:
        return False
    return not free or _asks_for_money(text)


def without_wall(text: str) -> str:
    """The teaser up to the words that ask for money."""
    kept: list[str] = []
    for paragraph in text.split("\n\n"):
        if _asks_for_money(paragraph):
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def _asks_for_money(text: str) -> bool:
    words = folded(text)
    return any(phrase in words for phrase in _WALLS)
