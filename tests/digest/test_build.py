"""What a subscriber is told: every change once, in the right section, and nothing that is no news as news."""

from __future__ import annotations

from typing import Any

import pytest
from digest_samples import DESK, change, commitment, digest, evidence, new, quiet_week, state, sum_of, turned, week

from monitor.digest.alerts import alerts
from monitor.digest.build import Digest
from monitor.digest.subscription import Alert, Filter, Subscription
from monitor.schedule import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def told(built: Digest) -> dict[str, list[str]]:
    return {s.key: [(i.state.investor or ("-",))[0].split("|")[0] for i in s.items] for s in built.sections}


def test_sections_come_in_reading_order_and_new_ones_largest_first() -> None:
    built = digest(
        overdue=[commitment(investor=("Nokia",))], disputed=[commitment("d", investor=("SAP",), disputed=True)]
    )
    assert list(told(built).items()) == [
        ("setbacks", ["Microsoft", "TSMC", "Intel"]),
        ("new", ["MGX", "Brookfield", "Amazon"]),
        ("changed", ["Evroc", "Telefónica"]),
        ("progress", ["Google"]),
        ("confirmed", ["Iliad"]),
        ("corrections", ["OVH"]),
        ("late", ["Orange"]),
        ("overdue", ["Nokia"]),
        ("disputed", ["SAP"]),
    ]


def test_every_change_is_told_once_or_counted() -> None:
    built = digest()
    assert sum(len(s.items) for s in built.sections) + built.baseline + built.repeated == len(week())
    assert (built.baseline, built.repeated) == (1, 1)
    assert built.counts["new"] == 3
    assert built.counts["corrections"] == built.counts["late"] == 1


@pytest.mark.parametrize("cause", ["review", "reprocess", "rate"])
def test_our_corrections_are_never_told_as_the_world_s_changes(cause: str) -> None:
    built = digest([turned("cancelled", {}, {"status": "cancelled"}, cause=cause)])
    assert list(told(built)) == ["corrections"]
    assert "cancelled" not in built.counts


def test_a_correction_without_an_event_is_still_told() -> None:
    built = digest([turned("repeated_no_change", {"place": ("Lille",)}, {"place": ("Cambrai",)}, cause="review")])
    assert list(told(built)) == ["corrections"]


@pytest.mark.parametrize("cause", ["regrouped", "review", "reprocess", "source_correction"])
def test_what_is_withdrawn_is_a_correction_whoever_withdrew_it(cause: str) -> None:
    for event in ("cancelled", "repeated_no_change"):
        assert list(told(digest([change(event, state(), None, cause=cause)]))) == ["corrections"]


def test_several_changes_of_one_commitment_are_one_item_from_first_to_last() -> None:
    one: dict[str, Any] = {"commitment": "x"}
    built = digest([
        turned("amount_raised", sum_of(3), sum_of(5), **one),
        turned("amount_raised", sum_of(5), sum_of(7), evidence=evidence("sept milliards"), **one),
        turned("delayed", sum_of(7), {**sum_of(7), "horizon": 2032}, **one),
    ])  # fmt: skip
    (section,) = built.sections
    (item,) = section.items
    assert item.event == "amount_raised"
    assert item.also == ("delayed",)
    assert item.before is not None and item.before.amount_min == 3e9
    assert item.after is not None and (item.after.amount_min, item.after.horizon) == (7e9, 2032)
    assert item.evidence is not None and item.evidence.quote == "sept milliards"


def test_the_world_and_our_reading_are_kept_apart_within_one_commitment() -> None:
    one: dict[str, Any] = {"commitment": "x"}
    built = digest([
        turned("amount_raised", sum_of(3), sum_of(5), **one),
        turned("amount_reduced", sum_of(5), sum_of(4), cause="review", **one),
        turned("amount_raised", sum_of(4), sum_of(6), **one),
    ])  # fmt: skip
    shown = {
        s.key: [(i.before.amount_min, i.after.amount_min) for i in s.items if i.before and i.after]
        for s in built.sections
    }
    assert shown == {"changed": [(4e9, 6e9), (3e9, 5e9)], "corrections": [(5e9, 4e9)]}


@pytest.mark.parametrize("event", ["cancelled", "repeated_no_change"])
def test_what_came_and_went_within_the_period_is_not_told(event: str) -> None:
    seen = new(commitment="x")
    assert digest([seen, change(event, seen.after, None, commitment="x", cause="source_correction")]).empty


def test_new_and_cancelled_in_one_week_is_told_as_cancelled() -> None:
    built = digest([new(commitment="x"), turned("cancelled", {}, {"status": "cancelled"}, commitment="x")])
    assert list(told(built)) == ["setbacks"]


def test_new_rumours_are_counted_apart_since_no_total_holds_them() -> None:
    built = digest([new(), new(status="rumoured")])
    assert built.counts == {"new": 1, "rumoured": 1}
    assert [section.key for section in built.sections] == ["new"]


def test_an_empty_week_is_empty_though_sources_fail_and_horizons_pass() -> None:
    assert quiet_week().empty
    assert quiet_week(overdue=[commitment()]).empty
    assert not digest().empty


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(places=("cambrai",)), {"new", "changed"}),
        (Filter(places=("Lille",)), set()),
        (Filter(investors=("EMIRATS ARABES UNIS",)), {"new"}),
        (Filter(investors=("telefonica",)), {"changed"}),
        (Filter(purposes=("chips",)), set()),
        (Filter(at_least_eur=45e9), {"new"}),
        (Filter(at_least_eur=51e9), set()),
        (Filter(places=("Cambrai",), at_least_eur=10e9), {"new"}),
    ],
)
def test_a_subscriber_sees_what_passes_all_of_the_filter(only: Filter, expected: set[str]) -> None:
    changes = [
        new(investor=("MGX|Émirats arabes unis",), amount_min=30e9, amount_max=50e9),
        turned("amount_raised", {"investor": ("Telefónica",), **sum_of(3)}, {"investor": ("Telefónica",), **sum_of(7)}),
    ]
    assert set(told(digest(changes, Subscription("a@example.org", only=only)))) == expected


@pytest.mark.parametrize("wanted", ["Hauts-de-France", "France", "Francia", "Europe"])
def test_a_place_filter_admits_what_lies_within(wanted: str) -> None:
    only = Subscription("a@example.org", only=Filter(places=(wanted,)))
    assert told(digest([new(), new(place=("Toronto",))], only)) == {"new": ["Brookfield"]}


def test_an_investor_filter_admits_what_the_wanted_one_owns() -> None:
    changes = [new(investor=("Google",)), new(investor=("Microsoft",))]
    owner = Subscription("a@example.org", only=Filter(investors=("Alphabet",)))
    assert told(digest(changes, owner)) == {"new": ["Google"]}
    owned = Subscription("a@example.org", only=Filter(investors=("Google",)))
    assert told(digest([new(investor=("Alphabet",))], owned)) == {}


def test_a_size_filter_does_not_admit_what_has_no_known_euro_value() -> None:
    only = Subscription("a@example.org", only=Filter(at_least_eur=1.0))
    assert digest([new(currency="XYZ")], only).sections
    unknown = change("new", None, state(currency="XYZ"), euros_after=(None, None))
    assert not digest([unknown], only).sections


def test_alerts_follow_the_rule_and_the_filter() -> None:
    rule = Alert(events=("cancelled",), at_least_eur=1e9)
    desk = Subscription("desk@example.org", "fr", alert=rule)
    gone = turned("cancelled", sum_of(2), {**sum_of(2), "status": "cancelled"})
    small = turned("cancelled", sum_of(0.5), {**sum_of(0.5), "status": "cancelled"})
    ours = turned("cancelled", sum_of(2), {**sum_of(2), "status": "cancelled"}, cause="review")
    found = list(alerts([gone, small, ours, new()], desk, PARIS, gone.recorded_at))
    assert [(kind, [i.commitment for s in d.sections for i in s.items]) for kind, d in found] == [
        (f"alert:{gone.seq}", [gone.commitment])
    ]
    assert not list(alerts([gone], DESK, PARIS, gone.recorded_at))
    north = Subscription("n@example.org", only=Filter(places=("Lyon",)), alert=rule)
    assert not list(alerts([gone], north, PARIS, gone.recorded_at))


def test_without_named_events_every_event_that_is_not_quiet_alerts() -> None:
    desk = Subscription("desk@example.org", "fr", alert=Alert())
    found = [d.sections[0].key for _, d in alerts(week(), desk, PARIS, week()[0].recorded_at)]
    assert sorted(found) == sorted(["new"] * 3 + ["setbacks"] * 3 + ["changed"] * 2 + ["progress"])
