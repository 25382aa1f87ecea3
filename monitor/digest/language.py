"""Words, numbers and dates of one language: the catalogues, with plural forms and number formats from CLDR."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date, format_interval, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from monitor.errors import SettingsError
from monitor.model import Qualifier

_CATEGORIES = {"zero", "one", "two", "few", "many", "other"}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Scale:
    value: float
    name: str


class Words:
    """One catalogue. `text("item.by", year=2030)` fills a sentence, `plural("count.new", 3)` chooses its form."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        self.code = code
        self.locale = Locale.parse(str(data["locale"]))
        self._entries = dict(_flatten(data))
        self._symbols: Mapping[str, str] = data["money"]["symbols"]
        self._sized: list[str] = data["money"]["sized"]
        self._of_currency: Mapping[str, str] = data["money"]["of_currency"]
        self._scales = [Scale(float(value), name) for value, name in data["money"]["scales"]]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._entries)

    def forms(self, key: str) -> Mapping[str, str] | None:
        """The plural forms of an entry, None for a plain sentence."""
        entry = self._entries[key]
        return entry if isinstance(entry, dict) else None

    def sentence(self, key: str) -> str:
        """A plain entry with its fields still open."""
        return str(self._entries[key])

    def text(self, key: str, **values: object) -> str:
        return self.sentence(key).format(**values)

    def plural(self, key: str, n: int, **values: object) -> str:
        form = self._entries[key][self.locale.plural_form(n)]
        return str(form).format(n=self.number(n), **values)

    def counted(self, key: str, n: int) -> str:
        """The same for running text: the number and the word after it stay on one line."""
        number = self.number(n)
        return self.plural(key, n).replace(f"{number} ", f"{number}\N{NO-BREAK SPACE}", 1)

    def number(self, value: float, decimals: int = 0) -> str:
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def join(self, names: list[str]) -> str:
        return str(format_list(names, locale=self.locale))

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self.locale))

    def month(self, day: date) -> str:
        return str(format_date(day, "LLLL y", locale=self.locale))

    def days(self, first: date, last: date) -> str:
        return str(format_interval(first, last, "yMMMMd", locale=self.locale)) if first != last else self.day(first)

    def moment(self, moment: datetime) -> str:
        """A moment by the clock of its own zone, named by the zone's city: abbreviations of zones are not understood
        everywhere."""
        zone = getattr(moment.tzinfo, "key", "")
        city = get_timezone_location(zone, self.locale, return_city=True) if "/" in zone else moment.tzname()
        return f"{self.day(moment.date())}, {moment:%H:%M} ({city})"

    def money(self, amount: float, currency: str | None, *, signed: bool = False) -> str:
        """A sum at reading precision: two decimals below ten of its unit, one above. `signed` always shows a sign."""
        scale = self._scale(abs(amount))
        number = self.number(_round(abs(amount) / scale.value), 2)
        return _sign(amount, signed) + self._with_unit(number, scale, currency)

    def span(self, low: float, high: float, currency: str | None, *, signed: bool = False) -> str:
        """A pair of ends, as one figure where both read the same, with one unit where both have it."""
        ends = [self.money(end, currency, signed=signed) for end in (low, high)]
        if ends[0] == ends[1]:
            return ends[0]
        scale = self._scale(abs(low))
        if low <= 0 or scale != self._scale(abs(high)):
            return self.text("money.range", low=ends[0], high=ends[1])
        numbers = [self.number(_round(end / scale.value), 2) for end in (low, high)]
        both = self.text("money.range_numbers", low=numbers[0], high=numbers[1])
        return _sign(low, signed) + self._with_unit(both, scale, currency)

    def change(self, low: float, high: float, currency: str | None) -> str:
        """How far a total moved, with its sign and to three digits: more would be told than is known."""
        return self.span(_three_digits(low), _three_digits(high), currency, signed=True)

    def _scale(self, size: float) -> Scale:
        """The largest unit that the sum reaches once it is rounded: 999.99 million is one billion."""
        smallest = self._scales[-1]
        fitting = next((s for s in self._scales if size >= s.value), smallest)
        rounded = _round(size / fitting.value) * fitting.value
        return next((s for s in self._scales if rounded >= s.value), smallest)

    def _with_unit(self, number: str, scale: Scale, currency: str | None) -> str:
        symbol = self._symbols.get(currency or "")
        pattern = "money.symbol" if symbol or not currency else "money.code"
        text = self.text(pattern, number=number, scale=scale.name, symbol=symbol or "", code=currency or "")
        return re.sub(" +", "\N{NO-BREAK SPACE}", text.strip(" "))

    def sum(self, low: float | None, high: float | None, currency: str | None, qualifier: Qualifier) -> str:
        """A sum with its qualifier in words."""
        if low is None and high is None:
            return self.text("money.unknown")
        if qualifier == "vague" and low is not None and high is None:
            return self._vague(low, currency)
        if low is None or high is None:
            key = "money.up_to" if low is None else "money.at_least"
            return self.text(key, sum=self.money(low if low is not None else high or 0.0, currency))
        if low != high:
            return self.span(low, high, currency)
        one = self.money(low, currency)
        return self.text("money.about", sum=one) if qualifier == "about" else one

    def _vague(self, low: float, currency: str | None) -> str:
        """ "Tens of billions of euros" for 1e10, as the size was named; "at least" for a size that is no power of ten."""
        power = round(math.log10(low)) - 6 if low > 0 else -1
        if not 0 <= power < len(self._sized) or low != 10.0 ** (power + 6):
            return self.text("money.at_least", sum=self.money(low, currency))
        unit = self._of_currency.get(currency or "", self._of_currency["other"] if currency else "").format(
            code=currency
        )
        return f"{self._sized[power]} {unit}".strip()


@cache
def words(language: str) -> Words:
    """The catalogue of a language (`fr`, or `fr-CA`, which is read as `fr`). Raises SettingsError for one we lack."""
    code = language.split("-")[0].split("_")[0].lower()
    if code not in languages():
        raise SettingsError(
            "Choosing the digest's language",
            subject=repr(language),
            cause="there is no catalogue for it",
            hint=f"Choose one of {', '.join(languages())}.",
        )
    file = resources.files("monitor.digest") / "catalogues" / f"{code}.yaml"
    return Words(code, yaml.safe_load(file.read_text("utf-8")))


@cache
def languages() -> tuple[str, ...]:
    folder = resources.files("monitor.digest") / "catalogues"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def _sign(amount: float, signed: bool) -> str:
    return MINUS if amount < 0 else "+" if signed and amount > 0 else ""


def _round(value: float) -> float:
    return round(value, 2 if value < 10 else 1)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _flatten(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    entries: list[tuple[str, Any]] = []
    for key, value in data.items():
        name = f"{prefix}{key}"
        if name in ("money.scales", "money.symbols", "money.sized", "money.of_currency", "locale"):
            continue
        if isinstance(value, dict) and not set(value) <= _CATEGORIES:
            entries += _flatten(value, f"{name}.")
        else:
            entries.append((name, value))
    return entries
