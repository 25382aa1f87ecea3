"""Which words with a capital are names: not those that only open a sentence, tell a country of origin, a day or a currency,
nor, in German, the common nouns.

Purely by form, by the lexicon's concepts and by the glossary. Who the names belong to is decided in `entities`.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.extraction.glossary import glossary
from monitor.extraction.text import Text, Token
from monitor.knowledge import descriptions

Concepts = list[frozenset[str]]

# Concepts of nouns that may pay.
HEADS = frozenset({"company", "public", "fund_head"})
_TIGHT = frozenset("& of de du des d' di del della dell' der für for".split())
_NOT_IN_NAME = frozenset(
    {"invest", "raise", "announce", "say", "pledge", "cost", "revenue", "profit", "f_aux", "f_pron", "f_to", "f_by", "f_with"}
)
_COMMON_ENDING = re.compile(
    r"(?:ung|heit|keit|schaft|tion|ität|ment|nis|ling|ungen|heiten|keiten|schaften|tionen|itäten|mente|erung|platz|haus"
    r"|zeit|jahr)s?$"
)
# Languages in which the names of public bodies have one capital only.
_OFFICIAL = frozenset({"fr", "it", "es"})
_OFFICIAL_ADJECTIVE = re.compile(
    r"(?:al|ale|aux|ali|ales|ique|ica|ico|aine|ain|ienne|ien|ana|ano|aire|aria|ario|ive|if|ole|ola|ea|eo|enne|een)$"
)
_OF = frozenset("de d' du des di del della dell' dei delle degli".split())
_INFINITIVE = re.compile(r"(?:er|ir|oir|re|are|ere|ire|rsi|ar)$")
_ADVERB = re.compile(r"[a-z]{4}(?:ment|mente|ly|weise|dem|lich)$")
# Days, currencies, measures, titles and what is counted or traded: never a name by themselves.
_NEVER = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september"
    " october november december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni"
    " juli oktober dezember euro euros eur usd ai ia ki ceo cto coo cio cmo pdg cfo gpu llm mw gw gigawatt megawatt milliarden millionen"
    " milliarde million mrd mio prozent dollar franken us jan feb mar apr jun jul aug sep sept oct nov dec foto photo"
    " chf gbp sek nok dkk jpy cny inr krw cad aud nzd sgd hkd aed sar pln czk huf zar brl mxn gpus llms cpu cpus tpu tpus pcb ev evs"
    " arr ebitda ipo capex".split()
)
# Senses of the glossary: words of grammar, which a capital at the opening of a sentence makes no name, and nouns that can
# stand for who pays; other common nouns of German, which all have capitals, are no names.
_GRAMMAR = frozenset(
    "only there here how why what who which when where while because until since before after with without against over under"
    " between now then so as at by for from into of on to up out off not no and but or if than that this these those its his her"
    " their our my your we you they he she it i be have will would can could may might must should do all other same such about"
    " almost nearly already still yet again also more less most each every both some any many few very too just even never always"
    " often perhaps instead however therefore thus meanwhile".split()
)
_SIGNS = frozenset("$€£¥₹")
# Funds whose names begin with figures: "1789 Capital", "500 Global".
_FIGURES = re.compile(r"(?!20\d\d)\d{2,4}")
_AFTER_FIGURES = frozenset("capital ventures partners global startups invest growth vc".split())
# "Series B", "Serie A": rounds.
_ROUND = re.compile(r"[A-K]\d?")
_ROUNDS = frozenset({"series", "serie", "série"})
# What a state or an owner makes of the firm named next: "State-controlled", "Nvidia-backed".
_MADE = re.compile(r"[-‑](?:based|backed|owned|controlled|led|run|listed|funded|repayable)$")
# Verbs that open a sentence before a name, where the verb may stand first: "Encabeza Runa Capital".
_VERBS = frozenset({"invest", "raise", "announce", "say", "pledge", "lead", "fund", "build"})
_DAYS = frozenset({"weekday", "monthname"})
_BODIES = frozenset(
    "nationality telecom utility bank alliance university family state company budget house consortium cash association owner"
    " government retailer partner council hospital region post shareholder cabinet centre brother chamber platform province"
    " laboratory supplier union division coalition mission entrepreneur board pensionfund ministry fund foundation investor"
    " institute school city municipality county district minister president agency authority commission parliament first pilot"
    " park property gigafactory refinery academy club church army hotel group operator developer lender insurer manufacturer"
    " carmaker startup exchange insurance office side heir neighbour citizen customer".split()
)
_NUMERALS = frozenset(
    "un une deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente cent one two three four five six seven"
    " eight nine ten eleven twelve twenty thirty hundred ein eine zwei drei vier funf sechs sieben acht neun zehn elf zwolf"
    " zwanzig dreissig hundert uno dos tres cuatro cinco seis siete ocho nueve diez veinte treinta cien due tre quattro cinque"
    " sei sette otto nove dieci venti trenta cento quelque environ rund etwa some about alle beide tous toutes all both".split()
)


def find_names(text: Text, concepts: Concepts, language: str, taken: set[int]) -> list[tuple[int, int]]:
    """The names outside the words taken, each by its first word and the one after its last."""
    tokens = text.tokens
    lower = {t.low for t in tokens if t.text[0].islower()}
    out = []
    for sentence in text.sentences:
        i = sentence.first
        while i < sentence.last:
            if (
                i in taken
                or not _begins(tokens, concepts, i, sentence.first, language, lower)
                or _is_origin(tokens, concepts, i, sentence.last, language)
            ):
                i += 1
                continue
            j = i + 1
            while j < sentence.last and j not in taken:
                if is_capital(tokens[j]) and not (concepts[j] & _NOT_IN_NAME and tokens[j].low in lower):
                    if language == "de" and _common_german(tokens, concepts, j, lower):
                        break
                    j += 1
                elif (
                    tokens[j].low in _TIGHT
                    and j + 1 < sentence.last
                    and j + 1 not in taken
                    and is_capital(tokens[j + 1])
                    and (tokens[j].text == "&" or concepts[i] or tokens[j].low in ("of",))
                ):
                    j += 2
                else:
                    break
            if j - i == 1 and i > sentence.first and concepts[i] & HEADS and language in _OFFICIAL:
                j = _end_of_body(tokens, concepts, j, sentence.last, taken)
            if j - i == 1 and (tokens[i].low in _NEVER or len(tokens[i].text) == 1):
                i = j
                continue
            figures = i > sentence.first and i - 1 not in taken and tokens[i].low in _AFTER_FIGURES and _FIGURES.fullmatch(tokens[i - 1].text)
            out.append((i - 1 if figures else i, j))
            i = j
    return out


def _begins(tokens: list[Token], concepts: Concepts, i: int, first: int, language: str, lower: set[str]) -> bool:
    token = tokens[i]
    if not is_capital(token) or token.low in _NEVER or token.low in _NUMERALS or token.text[-1] in "'’":
        return False
    before = tokens[i - 1].text if i else ""
    if before in _SIGNS:  # "$700M"
        return False
    here = concepts[i]
    if token.low in _ROUNDS and i + 1 < len(tokens) and _ROUND.fullmatch(tokens[i + 1].text):
        return False
    opening = i == first or unicodedata.category(before[0]) == "So" or (tokens[i - 1].text in ".:«“„\"–—•▪-▸*|" and not tokens[i - 1].text.isalnum())
    if is_grammar(here) and (opening or token.text.istitle()):
        return False
    if opening and (token.low in lower or _ADVERB.search(token.low)):
        return False
    sense = glossary(language).get(token.low)
    if sense and token.text[1:].islower():
        alone = i + 1 >= len(tokens) or not is_capital(tokens[i + 1])
        if sense in _DAYS or (opening and (sense in _GRAMMAR or (alone and sense not in _BODIES))):
            return False
    if opening and language in _OFFICIAL and here & _VERBS and not here & HEADS and token.text.istitle():
        return False
    if opening and here - HEADS and i + 1 < len(tokens) and not is_capital(tokens[i + 1]) and not token.text.isupper():
        return False
    return not (language == "de" and _common_german(tokens, concepts, i, lower))


def _is_origin(tokens: list[Token], concepts: Concepts, i: int, last: int, language: str) -> bool:
    """Whether a capital tells but where what comes after it is from: "the Dutch developer Serverpark", "Schweizer Bank",
    "the Denver-based borrower", "the Helvar-backed maker", "the South Korean group"."""
    if language == "en" and _MADE.search(tokens[i].low):
        return True
    countries = descriptions.lexicon(language).countries
    ends = next((n for n in (i + 2, i + 1) if n < last and tuple(t.low for t in tokens[i:n]) in countries), None)
    if ends is None:
        return False
    if language == "de":
        return bool(concepts[ends] & HEADS)
    after = range(ends, min(last, ends + 3))
    plain = [k for k in after if tokens[k].text[0].islower() and not is_grammar(concepts[k])]
    if not plain or plain[0] != ends:
        return False
    if any(concepts[k] & HEADS for k in plain):
        return True
    return i == 0 or "f_art" not in concepts[i - 1]  # "the Dutch pay" is a country


def _common_german(tokens: list[Token], concepts: Concepts, i: int, lower: set[str]) -> bool:
    """A German noun that is no name; conservative for words with digits, inner capitals or hyphens."""
    token = tokens[i]
    if any(c.isupper() or c.isdigit() for c in token.text[1:]) and "-" not in token.text:
        return False
    if _COMMON_ENDING.search(token.text.lower()) or token.low in lower:
        return True
    if concepts[i] and not (concepts[i] <= {"company", "public"} and "-" in token.text):
        return True
    ends = i + 1 >= len(tokens) or not is_capital(tokens[i + 1])
    sense = glossary("de").get(token.low)
    if ends and sense and sense not in _BODIES:
        return True
    before = tokens[i - 1].low if i else ""
    return ends and before in ("die", "das", "ein", "eine", "einen", "einem", "einer", "kein", "keine", "pro", "je", "im", "am", "zum", "zur")


def _end_of_body(tokens: list[Token], concepts: Concepts, k: int, last: int, taken: set[int]) -> int:
    """Where the name of a public body or a bank ends that begins with its only capital ("Banque islamique de
    développement", "Conseil du café-cacao")."""

    def plain(n: int) -> bool:
        word = tokens[n].text
        return n < last and n not in taken and word[0].islower() and len(word) > 3 and not is_grammar(concepts[n])

    end = k
    if k < last and plain(k) and not concepts[k] & _NOT_IN_NAME and _OFFICIAL_ADJECTIVE.search(tokens[k].low):
        end = k + 1
    while end + 1 < last and tokens[end].low in _OF:
        noun = end + 1
        if tokens[noun].low in ("la", "l'") and noun + 1 < last:
            noun += 1
        if not plain(noun) or _INFINITIVE.search(tokens[noun].low):
            break
        end = noun + 1
    return end


def is_capital(token: Token) -> bool:
    first = token.text[0]
    return first.isupper() or (first.isdigit() and any(c.isupper() for c in token.text[1:]) and len(token.text) > 2) or (
        any(c.isupper() for c in token.text[1:]) and first.isalpha()
    )


def is_grammar(concepts: frozenset[str]) -> bool:
    """Whether a word is an article, a preposition or the like."""
    return any(c.startswith("f_") for c in concepts)
