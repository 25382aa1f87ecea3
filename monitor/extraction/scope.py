"""Whether a text says anything of AI. A round of capital is told in the same words whatever the company does: where neither
a word of AI, chips, computing or data centres stands, nor anyone of those trades is named, it is another trade's."""

from __future__ import annotations

from monitor.extraction.analysis import Analysis
from monitor.extraction.lexicon import scope

# A text that has none of these concepts seldom speaks of anything that could be a commitment.
THEMES = frozenset({"ai", "chips", "compute", "datacenter"})
# The reason told.
ANOTHER_ROUND = "scope:a round in a text that says nothing of AI"
# Of the known actors (the column `sector` of actors.tsv).
SECTORS = frozenset({"ai", "chips", "data_center", "hyperscaler"})


def is_another_round(a: Analysis) -> bool:
    """Whether a text tells of a round and says nothing of AI. Never so in a language whose lexicon has no line `scope`."""
    words = scope(a.language)
    if words is None or not a.concept_counts.get("round"):
        return False
    if not THEMES.isdisjoint(a.concept_counts) or any(words.of_words(a.words)):
        return False
    return not any(r.actor is not None and r.actor.sector in SECTORS for r in a.references)
