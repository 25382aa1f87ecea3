"""Every error that a user may see, under one root.

    MonitorError
    ├── SettingsError      a wrong key or value; names file and line
    ├── InputError         a file or text handed in that cannot be used
    ├── FetchError         a page that could not be had
    ├── SourceError        a page that was had but holds nothing we can read as its kind
    ├── ReadingError       a page without an article in it
    ├── LedgerError        the database is unreachable, locked, newer than this program, or refuses
    │   └── LostLeadError  this instance no longer leads and may not write
    ├── DeliveryError      a mail or file that could not be delivered
    │   └── RefusedError   refused for good: trying again is no use
    └── OutputError        a folder or file that cannot be written

A message says what was being done, to what, what went wrong, and what to do about it.
"""

from __future__ import annotations


class MonitorError(Exception):
    """Root of all errors meant for people.

    `what` was being done, `subject` is the url, file or id it was done to, `cause` what went wrong, `hint` what to do.
    """

    def __init__(self, what: str, *, subject: str | None = None, cause: object = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.subject = subject
        self.cause = cause
        self.hint = hint

    def __str__(self) -> str:
        parts = [self.what]
        if self.subject:
            parts.append(str(self.subject))
        if self.cause is not None:
            text = str(self.cause)
            parts.append(text or type(self.cause).__name__)
        message = ": ".join(parts)
        return f"{message}. {self.hint}" if self.hint else message


class SettingsError(MonitorError):
    """A wrong key or value in the settings."""


class InputError(MonitorError):
    """A file or text handed in that cannot be used."""


class FetchError(MonitorError):
    """A page that could not be had.

    `kind` is one of the reasons listed in `monitor.fetch`; `retry_after` is in seconds where the server asked for it;
    `gone` is true when asking again is no use (410).
    """

    def __init__(
        self,
        what: str,
        *,
        kind: str,
        subject: str | None = None,
        cause: object = None,
        hint: str | None = None,
        retry_after: float | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(what, subject=subject, cause=cause, hint=hint)
        self.kind = kind
        self.retry_after = retry_after
        self.gone = gone


class SourceError(MonitorError):
    """A page that holds nothing we can read as its kind."""


class ReadingError(MonitorError):
    """A page without an article in it."""


class LedgerError(MonitorError):
    """The database is unreachable, locked, newer than this program, or refuses."""


class LostLeadError(LedgerError):
    """This instance no longer leads and may not write."""


class DeliveryError(MonitorError):
    """A mail or file that could not be delivered; trying again later may help."""


class RefusedError(DeliveryError):
    """Refused for good."""


class OutputError(MonitorError):
    """A folder or file that cannot be written."""
