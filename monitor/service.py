"""The service: a tick that does what is due, a lease that lets one instance lead, settings that can change meanwhile.

What is due is a pure function of the clock and the ledger (`monitor.schedule`); the scheduler here only wakes us up.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.background import BackgroundScheduler

from monitor import cycle, logs, schedule, seeding, telling
from monitor.config import Settings, load
from monitor.errors import InputError, LedgerError, LostLeadError, MonitorError, ReadingError
from monitor.ledgerfile import LedgerFile
from monitor.line import Clock, Intake, Line, extractor, fetching, now, opened
from monitor.polling import SourceState
from monitor.reading import Reader
from monitor.shipped import shipped
from monitor.web.app import create_app
from monitor.web.serving import serving

if TYPE_CHECKING:
    from monitor.digest.outbox import Outbox, Unnoted
    from monitor.extraction import Extractor
    from monitor.fetch import Fetcher
    from monitor.ledger import Ledger

log = logging.getLogger(__name__)

TICK = timedelta(seconds=20)
# Long enough for the slowest single step: a mail server that takes its time with each of eight answers. The lead is
# renewed between steps.
LEASE = timedelta(minutes=6)
RENEWAL = timedelta(minutes=1)
HOUSEKEEPING = timedelta(hours=6)
# Under this name stands up to which write was looked at for alerts; no source can be called so.
ALERTED = "alerted up to\n"
# Pages without evidence are let go after this long.
RETENTION = timedelta(days=180)
# How long a tick that is under way may go on after SIGTERM. All it has done is committed, so it may also be cut off.
GRACE = 8.0
UNEXPECTED = "This should not have happened; the next tick tries again"


class Service:
    """One instance. `tick` and `housekeeping` are called from one thread at a time.

    `settings` were loaded already and are loaded again whenever their file changes; those that are wrong are logged and
    the last good ones kept. The database's address is that of the start.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = now,
        holder: str | None = None,
        reload: Callable[[Path], Settings] = load,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.holder = holder or f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.stopping = threading.Event()
        self.leads = False
        self._reload = reload
        self._stamp = _stamp(settings.path)
        self._renewed: datetime | None = None
        self._planted = False
        self._unnoted: list[Unnoted] = []
        # Why the last tick could not do its work; empty when it could.
        self.trouble = ""
        self.ledger: Ledger = opened(settings, clock)
        self.file = LedgerFile(self.ledger)
        self._reader = Reader()
        self._fetcher: Fetcher = fetching(settings, patient=True, clock=clock)
        self._extractor: Extractor = extractor(settings)

    def close(self) -> None:
        """Gives the lead up, so that a standby takes over at once, and ends the reading process."""
        self.stopping.set()
        if self.leads:
            try:
                self.file.check()
                self._outbox().note_late()
                self.ledger.release_lease(self.holder)
            except MonitorError as error:
                log.warning("%s", error)
            self.leads = False
        self._reader.close()
        self._fetcher.close()
        self.ledger.close()

    def going(self) -> bool:
        """Whether to go on with what is under way; keeps the lead meanwhile. Raises LedgerError."""
        if self.stopping.is_set():
            return False
        self.file.check()
        if self._renewed is not None and self.clock() - self._renewed > RENEWAL:
            return self.renew()
        return self.leads

    def tick(self) -> None:
        """Does what is due. Nothing that goes wrong in it ends the service; it is logged and tried again."""
        trouble = ""
        try:
            self._refresh_settings()
            self.file.check()
            if self.renew():
                trouble = self._work()
        except LostLeadError as error:
            self.leads, self._renewed = False, None
            log.warning("%s", error)
        except Exception as error:
            trouble = _said(error)
        self.trouble = trouble

    def renew(self) -> bool:
        """Takes or keeps the lead; false while another instance has it."""
        leads = self.ledger.acquire_lease(self.holder, LEASE) is not None
        self._renewed = self.clock() if leads else None
        if leads != self.leads:
            log.info("This instance leads." if leads else "Another instance leads; this one stands by.")
        self.leads = leads
        return leads

    def housekeeping(self) -> None:
        """Rates that became known, and pages that hold no evidence."""
        try:
            if not self.going():
                return
            filled, freed = self.ledger.fill_rates(), self.ledger.prune(RETENTION)
            log.info("Housekeeping: %d rates filled in, %d kB of old pages let go.", filled, freed // 1000)
        except MonitorError as error:
            log.error("%s", error)

    def _work(self) -> str:
        """One step after the other. What goes wrong in one keeps none of the others from being done, but for a ledger
        that cannot be used; what it was, empty when all went well."""
        trouble = ""
        for step in (self._plant, self._tell, self._deliver, self._poll, self._alert):
            if self.stopping.is_set():
                break
            try:
                step()
            except LedgerError:
                raise
            except Exception as error:
                trouble = _said(error)
        return trouble

    def _tell(self) -> None:
        told = telling.tell_due(self.ledger, self.settings, self.clock())
        if told:
            log.info("%d digests are due.", told)

    def _outbox(self) -> Outbox:
        return telling.outbox(self.ledger, self.settings, self.clock, **self._keeping())

    def _deliver(self) -> None:
        telling.deliver(self.ledger, self.settings, self.clock, **self._keeping())

    def _keeping(self) -> dict[str, Any]:
        """What the outbox needs of us: our word whether to go on, and a memory that outlives it."""
        return {"going": self.going, "unnoted": self._unnoted}

    def _poll(self) -> None:
        due = schedule.due(self.clock(), self._state())
        sources = [source for source in self.settings.watched() if source.name in due.sources]
        if sources:
            line = Line(self._intake(), self._fetcher, self._reader.read, self.clock, random.random)
            polls = cycle.run(line, sources, going=self.going)
            read, failing = sum(poll.articles for poll in polls), sum(bool(poll.reason) for poll in polls)
            log.info("%d sources polled, %d of them failing; %d articles read.", len(polls), failing, read)

    def _intake(self) -> Intake:
        return Intake(self.ledger, self._extractor)

    def _plant(self) -> None:
        """The baseline, once a start; one that cannot be read is said and keeps nothing else from being done."""
        if self._planted:
            return
        try:
            seeding.plant(self._intake(), shipped("seeds"))
        except (InputError, ReadingError) as error:
            log.error("%s", error)
        self._planted = True

    def _alert(self) -> None:
        """Mails what cannot wait. What was looked at is noted after the mails are stored, so that a crash in between
        looks again, and stores nothing twice."""
        state, reached = self.ledger.source_state(ALERTED), self.ledger.seq()
        after = int(state["seq"]) if state else reached
        if telling.tell_alerts(self.ledger, self.settings, self.clock(), after):
            self._deliver()
        if state is None or after != reached:
            self.ledger.save_source_state(ALERTED, {"seq": reached})

    def _state(self) -> schedule.State:
        polls: dict[str, datetime | None] = {}
        for source in self.settings.watched():
            state = SourceState.from_json(self.ledger.source_state(source.name), source)
            if not state.gone:
                polls[source.name] = state.next_poll
        return schedule.State(self.settings.schedule.parsed(), next_polls=polls)

    def _refresh_settings(self) -> None:
        stamp = _stamp(self.settings.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            fresh = self._reload(self.settings.path)
            known = extractor(fresh)
        except MonitorError as error:
            log.error("The changed settings are wrong; the last good ones stay in force. %s", error)
            return
        fixed = {"database": self.settings.database, "out": self.settings.out, "listen": self.settings.listen}
        fresh = fresh.model_copy(update=fixed)
        if (fresh.proxy, fresh.fetch, fresh.web) != (self.settings.proxy, self.settings.fetch, self.settings.web):
            self._fetcher.close()
            self._fetcher = fetching(fresh, patient=True, clock=self.clock)
        self.settings, self._extractor = fresh, known
        log.info("The settings changed: %d sources.", len(fresh.sources))


def _stamp(path: Path) -> str:
    """What tells one content of a file from another; empty while it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def serve(settings: Settings) -> None:
    """Runs the service until SIGTERM or SIGINT."""
    logs.set_up(secrets=(settings.smtp, settings.secret, settings.database, settings.proxy))
    service = Service(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stopping.set())
    with ExitStack() as pages:
        _open_pages(pages, service)
        _run(service)


def _said(error: Exception) -> str:
    """Logs what is being handled; in words for the status."""
    if isinstance(error, MonitorError):
        log.error("%s", error)
        return str(error)
    log.exception(UNEXPECTED)
    return UNEXPECTED


def _open_pages(pages: ExitStack, service: Service) -> None:
    """Health, metrics and unsubscribing. A standby on the same machine finds the port taken and works without."""
    host, port = service.settings.address()
    app = create_app(
        service.ledger, lambda: service.settings, service.clock, lambda: service.trouble, service.file.check
    )
    try:
        port = pages.enter_context(serving(app, host, port))
        log.info("Pages are served at http://%s:%d.", host, port)
    except MonitorError as error:
        log.warning("%s", error)


def _run(service: Service) -> None:
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        # One worker: a tick and the housekeeping never run at the same time.
        executors={"default": {"type": "threadpool", "max_workers": 1}},
    )
    settings = service.settings
    scheduler.add_job(service.tick, "interval", seconds=TICK.total_seconds(), next_run_time=now())
    scheduler.add_job(service.housekeeping, "interval", hours=HOUSEKEEPING.total_seconds() / 3600)
    scheduler.start()
    log.info(
        "Started: %d sources, a digest %s (%s).",
        len(settings.sources),
        settings.schedule.digest,
        settings.schedule.timezone,
    )
    service.stopping.wait()
    log.info("Stopping.")
    _end(scheduler, service)


def _end(scheduler: BackgroundScheduler, service: Service) -> None:
    """Waits a little for the tick that is under way, then ends. What it had begun is rolled back or was committed."""
    ended = threading.Thread(target=lambda: scheduler.shutdown(wait=True), daemon=True)
    ended.start()
    ended.join(GRACE)
    service.close()
    logging.shutdown()
    if ended.is_alive():
        # A server that answers byte by byte may hold a worker for longer than a container is given.
        os._exit(0)
