"""The settings: sources.yaml and the environment, checked before anything runs.

`load(path)` returns `Settings` or raises `SettingsError`, which names every wrong key and value with file, line and the
nearest right one. Secrets and addresses of machines come from the environment, each also from a file named by the same
variable with `_FILE` behind it; `ENVIRONMENT` lists them.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from monitor import yamlfile
from monitor.errors import SettingsError
from monitor.knowledge.actors import KINDS as ACTOR_KINDS
from monitor.model import Event, Purpose, Source
from monitor.schedule import Schedule as When
from monitor.shipped import shipped

DigestLanguage = Literal["fr", "en", "de", "es", "it"]
Kind = Literal["feed", "sitemap", "listing", "page"]
Trust = Literal["official", "company", "wire", "press", "trade"]

# variable: (field of Settings, what it is)
ENVIRONMENT: dict[str, tuple[str, str]] = {
    "MONITOR_DATABASE_URL": ("database", "the ledger: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"),
    "MONITOR_SMTP_URL": ("smtp", "the mail server: smtp[s]://USER:PASSWORD@HOST:PORT"),
    "MONITOR_SECRET": ("secret", "signs the unsubscribe links"),
    "MONITOR_PROXY": ("proxy", "a proxy for the articles: http://HOST:PORT"),
    "MONITOR_OUT": ("out", "the folder that digests are written to"),
    "MONITOR_LISTEN": ("listen", "where the pages are served, HOST:PORT; else `web:` in the settings"),
}
# read elsewhere, known here so that a misspelt one is noticed
OTHER_VARIABLES = ("MONITOR_CONFIG", "MONITOR_LOG")

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(value: object) -> object:
    """Seconds from "90s", "15min", "1h", "2d" or "1w"; a bare number is seconds already."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)\s*", value)
        if not found:
            raise ValueError("not a length of time; write it like 15min, 1h or 2d")
        return float(found[1]) * _UNITS[found[2]]
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"unknown time zone{_nearest(value, available_timezones())}")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
        raise ValueError("not a web address; it begins with https:// or http:// and holds no blank")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+", value):
        raise ValueError("not a mail address; write it like desk@example.org")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _selector(value: str) -> str:
    import soupsieve

    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(f"not a CSS selector: {str(error).splitlines()[0]}") from None
    return value


def _digest_time(value: str) -> str:
    try:
        When.parse(value, "UTC")
    except SettingsError as error:
        raise ValueError(f"{error.cause}. {error.hint}") from None
    return value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=60)]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
WebAddress = Annotated[str, AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(_Part):
    """When the digest falls due. The time is wall time in the zone."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    digest: Annotated[str, AfterValidator(_digest_time)] = "mon 07:00"

    def parsed(self) -> When:
        return When.parse(self.digest, self.timezone)


class Defaults(_Part):
    every: Seconds = 3600.0
    language: Language | None = None
    trust: Trust = "press"


class SourceSettings(_Part):
    """One watched place; what is left out comes from `defaults`."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Kind
    url: WebAddress
    language: Language | None = None
    trust: Trust | None = None
    every: Seconds | None = None
    links: Annotated[str, AfterValidator(_selector)] | None = None
    must_match: Annotated[str, AfterValidator(_pattern)] | None = None

    @model_validator(mode="after")
    def _listing_has_links(self) -> SourceSettings:
        if self.kind == "listing" and self.links is None:
            raise ValueError("a listing needs `links`, the CSS selector of its articles' links")
        return self


class Only(_Part):
    """What a recipient wants to read; an empty list means everything."""

    places: tuple[str, ...] = ()
    investors: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    at_least_eur: Annotated[float, Field(ge=0)] | None = None


class Alert(_Part):
    """What a recipient wants to be told at once."""

    events: tuple[Event, ...] = ()
    at_least_eur: Annotated[float, Field(ge=0)] | None = None


class Recipient(_Part):
    address: MailAddress
    language: DigestLanguage | None = None
    only: Only = Only()
    alert: Alert | None = None


class DigestSettings(_Part):
    language: DigestLanguage = "en"
    sender: Annotated[MailAddress, Field(alias="from")] = "monitor@localhost"
    to: tuple[Recipient, ...] = ()
    templates: str | None = None
    in_doubt: Literal["resend", "hold"] = "resend"


class Web(_Part):
    public_url: WebAddress | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000


class ActorSettings(_Part):
    """An actor that the program does not know, or further names of one that it does (same `name`)."""

    name: Annotated[str, Field(min_length=1)]
    kind: str = "company"
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    seat: str | None = None
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in ACTOR_KINDS:
            raise ValueError(f"none of {', '.join(ACTOR_KINDS)}{_nearest(kind, ACTOR_KINDS)}")
        return kind


class FetchSettings(_Part):
    """`allow_private` lets the program reach hosts of the own network, which addresses in feeds could abuse."""

    allow_private: bool = False


class Settings(_Part):
    """Everything that can be set. `path` is the file it came from; secrets never appear in its `repr`."""

    schedule: Schedule = Schedule()
    defaults: Defaults = Defaults()
    sources: tuple[SourceSettings, ...] = ()
    digest: DigestSettings = DigestSettings()
    web: Web = Web()
    actors: tuple[ActorSettings, ...] = ()
    fetch: FetchSettings = FetchSettings()

    path: Annotated[Path, Field(exclude=True)] = Path("sources.yaml")
    database: Annotated[str, Field(repr=False)] = "sqlite:///ledger.db"
    smtp: Annotated[str | None, Field(repr=False)] = None
    secret: Annotated[str | None, Field(repr=False)] = None
    proxy: Annotated[str | None, Field(repr=False)] = None
    out: str = "out"
    listen: Annotated[str | None, Field(pattern=r"^[^\s:]+:\d{1,5}$")] = None

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        seen: set[str] = set()
        for source in sources:
            if source.name in seen:
                raise ValueError(f"two sources are called {source.name!r}; each needs a name of its own")
            seen.add(source.name)
        return sources

    @model_validator(mode="after")
    def _links_are_signed(self) -> Settings:
        if self.web.public_url and not self.secret:
            raise ValueError(
                "`web: public_url` makes unsubscribe links, which need a secret to sign them: set MONITOR_SECRET"
            )
        return self

    def address(self) -> tuple[str, int]:
        """Host and port at which the service's pages are served."""
        if self.listen is None:
            return self.web.host, self.web.port
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    def watched(self) -> tuple[Source, ...]:
        """The sources, with the defaults filled in."""
        return tuple(
            Source(
                name=source.name,
                kind=source.kind,
                url=source.url,
                language=source.language or self.defaults.language,
                trust=source.trust or self.defaults.trust,
                every=source.every or self.defaults.every,
                links=source.links,
                must_match=source.must_match,
            )
            for source in self.sources
        )


FILE_KEYS = ("schedule", "defaults", "sources", "digest", "web", "actors", "fetch")


def find() -> Path:
    """The settings file to use when none is named: `MONITOR_CONFIG`, ./sources.yaml, or the one that is shipped."""
    if named := os.environ.get("MONITOR_CONFIG"):
        return Path(named)
    here = Path("sources.yaml")
    return here if here.exists() else shipped("sources.yaml")


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file and the environment; `SettingsError` names what is wrong, all of it at once."""
    path = path or find()
    data, lines = yamlfile.read(path)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingsError("Reading the settings", subject=str(path), cause="the file must hold keys and values")
    wrong = [_unknown(str(key), FILE_KEYS, (str(key),), lines) for key in data if key not in FILE_KEYS]
    known = {key: value for key, value in data.items() if key in FILE_KEYS and value is not None}
    given = _from_environment(os.environ if environment is None else environment)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate({**known, **given, "path": path})
    except ValidationError as error:
        wrong += [_explain(one, lines) for one in error.errors()]
    if wrong or settings is None:
        raise SettingsError("; ".join(f"{path}, line {line}: {text}" for line, text in sorted(wrong)))
    return settings


def source_of(data: Mapping[str, Any]) -> SourceSettings:
    """A source that was not read from a file. Raises SettingsError."""
    try:
        return SourceSettings.model_validate(dict(data))
    except ValidationError as error:
        said = "; ".join(text for _, text in (_explain(one, {}) for one in error.errors()))
        raise SettingsError("Describing a source", subject=str(data.get("name")), cause=said) from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for variable, (name, _) in ENVIRONMENT.items():
        if value := environment.get(variable):
            values[name] = value
        elif file := environment.get(f"{variable}_FILE"):
            try:
                values[name] = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError("Reading a secret", subject=f"{variable}_FILE", cause=error) from None
    known = [*ENVIRONMENT, *(f"{name}_FILE" for name in ENVIRONMENT), *OTHER_VARIABLES]
    for variable in environment:
        # other programs may own names of this shape (cluster managers add some): only a likely slip is refused
        if variable.startswith("MONITOR_") and variable not in known and (near := _nearest(variable, known, 0.85)):
            raise SettingsError("Reading the environment", subject=variable, cause=f"unknown variable{near}")
    return values


def _nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    found = difflib.get_close_matches(str(word), list(known), n=1, cutoff=cutoff)
    return f"; did you mean {found[0]!r}?" if found else ""


def _line(place: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _unknown(
    key: str, known: Iterable[str], place: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]
) -> tuple[int, str]:
    known = sorted(known)
    hint = _nearest(key, known) or f"; known are {', '.join(known)}"
    return _line(place, lines), f"unknown key {key!r}{hint}"


def _explain(error: Any, lines: Mapping[tuple[str | int, ...], int]) -> tuple[int, str]:
    """One problem found by pydantic as (line, sentence)."""
    place = tuple(error["loc"])
    name = ".".join(str(part) for part in place if not isinstance(part, int)) or "the file"
    value = error["input"]
    match error["type"]:
        case "extra_forbidden":
            return _unknown(str(place[-1]), _keys(place[:-1]), place, lines)
        case "missing":
            return _line(place, lines), f"{name} is missing"
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            hint = _nearest(str(value), allowed)
            return _line(place, lines), f"{name}: {value!r} is none of {', '.join(allowed)}{hint}"
        case "value_error":
            shown = f"{value!r} is " if isinstance(value, str | int | float) else ""
            return _line(place, lines), f"{name}: {shown}{error['ctx']['error']}"
        case _:
            return _line(place, lines), f"{name}: {value!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _keys(place: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand at a place of the file."""
    model: type[BaseModel] = Settings
    for part in place:
        if isinstance(part, int):
            continue
        field = next(f for n, f in model.model_fields.items() if (f.alias or n) == part)
        model = _model_in(field.annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
