"""Names as compared: what is left of one when accents, case, articles and legal forms are taken away.

Two names are the same when their words are, or when the words of one are among those of the other and one of the shared
words can stand for the name by itself ("Brookfield" and "fonds canadien Brookfield", not "Bank" and "Deutsche Bank").
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ARTICLES = frozenset(
    "le la les l un une des du de d the a an of and et und der die das den dem el los las il lo gli i".split()
)
LEGAL_FORMS = frozenset(
    "inc incorporated corp corporation co company ltd limited plc llc lp llp sa sas sarl sl srl spa se ag gmbh kg kgaa "
    "nv bv ab asa oy oyj aps kk pte bhd pvt group groupe gruppe gruppo grupo holding holdings".split()
)
# Words that many names share and that therefore never identify one alone.
GENERIC = frozenset(
    "ai ia ki capital bank banque banca banco fund fonds fondo partners ventures venture invest investment investments "
    "investors entreprise firm firma konzern unternehmen empresa azienda impresa start up startup state etat staat stato "
    "estado government gouvernement regierung gobierno governo technologies technology tech energy energie energia data "
    "center centers centre centres cloud digital global international national europe european university universite "
    "universitat universidad universita ministry ministere ministerium ministerio ministero department agency region "
    "land province city ville stadt north south east west new first".split()
)
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A word without case and accents: "Énergie" and "ENERGIE" become "energie", "ß" becomes "ss"."""
    if word.isascii():
        return word.lower()
    text = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 14)
def plain(name: str) -> str:
    """A name without case, accents kept, spaces and marks made one."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", name).casefold()))


def words(name: str) -> tuple[str, ...]:
    """All words of a name, bare, in order."""
    return tuple(bare(w) for w in _WORD.findall(unicodedata.normalize("NFC", name)))


@lru_cache(maxsize=1 << 14)
def fold(name: str) -> tuple[str, ...]:
    """The words that count, initials joined ("S.p.A.", "J.P. Morgan"). A name made of articles and legal forms alone
    ("The Group") keeps them all."""
    everything = words(_DOTTED.sub("", name))
    return tuple(w for w in everything if w not in ARTICLES and w not in LEGAL_FORMS) or everything


def telling(name: str) -> frozenset[str]:
    """The words that can stand for the name alone: written with a capital or a digit, and not generic."""
    marked = " ".join(w for w in _WORD.findall(name) if w[0].isupper() or w[0].isdigit())
    return frozenset(fold(marked)) - GENERIC - ARTICLES if marked else frozenset()


def same(a: str, b: str) -> bool:
    """Whether two names can mean one actor by their words alone. Symmetric; not transitive. An empty name equals nothing."""
    left, right = fold(a), fold(b)
    if not left or not right:
        return False
    if left == right:
        return True
    shorter, longer = (a, set(right)) if len(left) <= len(right) else (b, set(left))
    short_words = set(fold(shorter))
    return short_words <= longer and bool(telling(shorter) & short_words)
