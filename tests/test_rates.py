"""Euro values: the right day's rate, its age, pegs, and saying so when none is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.rates import Rates

RATES = Rates()


def test_a_sum_is_valued_by_the_rate_of_its_day() -> None:
    found = RATES.euros(112.49e9, "USD", date(2025, 2, 10))
    assert found.value == pytest.approx(109e9, rel=1e-3)
    assert found.rate_day == date(2025, 2, 10) and not found.pending


def test_a_sunday_takes_the_friday_before() -> None:
    assert RATES.euros(1.0, "USD", date(2025, 2, 16)).rate_day == date(2025, 2, 14)


def test_euro_needs_no_file_and_no_day() -> None:
    assert RATES.euros(5.0, "EUR", date(2090, 1, 1)).value == 5.0


def test_a_day_past_the_file_is_pending_at_the_latest_rate_with_its_age() -> None:
    day = RATES.last_day + timedelta(days=40)
    found = RATES.euros(100.0, "USD", day)
    assert found.pending and found.rate_day == RATES.last_day and "40 days" in found.note
    assert found.value == RATES.euros(100.0, "USD", RATES.last_day).value
    assert RATES.age(day) == 40


def test_a_pegged_currency_goes_through_its_anchor() -> None:
    day = date(2025, 2, 14)
    dollars = RATES.euros(10e9, "USD", day).value
    assert dollars is not None
    assert RATES.euros(36.725e9, "AED", day).value == pytest.approx(dollars)
    assert RATES.euros(655.957, "XOF", day).value == pytest.approx(1.0)


def test_a_peg_on_the_dollar_is_pending_when_the_dollar_is() -> None:
    assert RATES.euros(1.0, "SAR", RATES.last_day + timedelta(days=3)).pending


def test_an_unknown_rate_is_said_and_never_guessed() -> None:
    for currency, day in [("XXX", date(2025, 1, 2)), (None, date(2025, 1, 2)), ("USD", date(1998, 1, 2))]:
        found = RATES.euros(1.0, currency, day)
        assert found.value is None and found.rate is None and "no rate" in found.note


def test_a_currency_the_bank_no_longer_quotes_is_not_carried_on() -> None:
    assert RATES.euros(1.0, "RUB", date(2022, 2, 25)).value is not None
    assert RATES.euros(1.0, "RUB", date(2025, 2, 25)).value is None
    assert RATES.euros(1.0, "RUB", RATES.last_day + timedelta(days=3)).value is None


def test_a_currency_that_became_the_euro_keeps_its_irrevocable_rate() -> None:
    assert RATES.euros(1.95583, "BGN", date(2026, 5, 4)).value == pytest.approx(1.0)
    assert RATES.euros(1.95583, "BGN", date(2025, 5, 5)).value == pytest.approx(1.0, rel=1e-4)
