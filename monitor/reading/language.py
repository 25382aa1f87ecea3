"""Which language a text is in: a vote of its function words, with the claims of feed and page to settle doubt."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 1500  # words

# Words that are frequent in one language and rare in the others of this table.
_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "fr": "les des est dans pour qui sur pas plus par avec au aux cette ce ont été sont leur leurs ses nous vous "
        "mais où elle il ils elles une du et même aussi selon après entre dont ces était depuis sans sous afin",
        "en": "the of and to is that for it with as was on are by this be from at has have will which its not an or "
        "were their been would about said more after than also into over who new",
        "de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
        "hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis mehr durch",
        "es": "el los las del que por con para una su al lo como más pero sus ha este esta sobre también entre fue "
        "hasta desde y muy sin años cuando ya está según será han son donde millones",
        "it": "il di che la per un in è con del della dei le gli non sono si da alla nel delle più anche ha al dal come "
        "dell nella suo questo questa degli ai alle sul tra stato dalla ed miliardi",
        "pt": "o os do da dos das em um uma não com para que mais ao pelo pela também foi são é à no na nos nas seu sua "
        "até mas você já está ser isso entre",
        "nl": "de het een van en dat op te zijn voor met niet aan er om ook als bij maar nog wordt naar uit door over "
        "dan heeft deze werd meer worden kan dit hun",
    }.items()
}
LANGUAGES = tuple(_FUNCTION_WORDS)


def vote(text: str) -> tuple[str | None, float]:
    """The language whose function words are most frequent, and how decisive that is in [0, 1].

    Decisiveness is the distance to the second, as a share of the first, damped where function words of any language
    are rare (tables, other languages) or the text is short.
    """
    words = [word.lower() for word in _WORD.findall(text[: _SAMPLE * 12])[:_SAMPLE]]
    if not words:
        return None, 0.0
    counts = sorted(((sum(w in known for w in words), name) for name, known in _FUNCTION_WORDS.items()), reverse=True)
    (first, name), (second, _) = counts[:2]
    if not first:
        return None, 0.0
    density = min(1.0, first / len(words) / 0.15)
    enough = min(1.0, first / 8)
    return name, (first - second) / first * density * enough


def language_of(text: str, *claims: str | None) -> str:
    """The language of a text; `claims` in order of trust settle what the vote leaves open. `und` when nobody knows."""
    name, decisive = vote(text)
    claim = next((c[:2].lower() for c in claims if c), None)
    if name and (decisive >= 0.35 or (claim is None and decisive > 0.1)):
        return name
    return claim or name or "und"
