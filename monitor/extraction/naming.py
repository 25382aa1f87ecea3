"""What a record calls an actor, and whom a name stands for."""

from __future__ import annotations

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity, surface
from monitor.knowledge.actors import LANDS
from monitor.model import Span


def spoken(a: Analysis, entity: Entity, site: SumSite) -> str:
    """What a record calls an actor: of a known one's several names (owner and daughter, state and capital) the one nearest
    to the sum in its sentence."""
    here = a.named_in.get((site.sentence, entity.number), ()) if entity.actor else ()
    state = entity.kind in LANDS
    names = [r for r in here if r.kind == "name" or (r.kind == "metonym" and state)]
    nearest = min(names, key=lambda r: abs(r.first - site.first), default=None)
    return surface(nearest.text if nearest else entity.name)


def near(entity: Entity, site: SumSite) -> Span:
    """Where an actor is named nearest to a sum."""
    r = min(entity.references, key=lambda r: (abs(r.first - site.first), r.first))
    return Span(r.start, r.end)


def is_named_at(a: Analysis, entity: Entity, site: SumSite) -> bool:
    """Whether an actor is named or described in a sum's sentence."""
    return (site.sentence, entity.number) in a.named_in


def is_origin(a: Analysis, entity: Entity, site: SumSite) -> bool:
    """Whether a sum's sentence names an actor only to say where the one before it is from ("TDK of Japan")."""
    if entity.actor and entity.kind not in LANDS:
        return False
    here = a.named_in.get((site.sentence, entity.number), ())
    ends = {r.last for r in a.references if r.entity != entity.number}
    return bool(here) and all(r.first - 1 in ends and "f_of" in a.concepts[r.first - 1] for r in here)


def firm_of(a: Analysis, home: Entity, site: SumSite) -> Entity | None:
    """The firm that a country or town is named for alone in a sum's sentence."""
    if home.kind not in LANDS:
        return None
    owned = [a.owned_by(r) for r in a.named_in.get((site.sentence, home.number), ())]
    return owned[0] if owned and all(firm is owned[0] for firm in owned) else None


def doubt(entity: Entity) -> float:
    """People speak for payers more often than they pay."""
    return 0.5 if entity.person or all(r.kind == "metonym" for r in entity.references) else 1.0
