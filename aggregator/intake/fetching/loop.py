"""The loop of :mod:`.lean`: flies many fetches in one thread over sockets that never block.

Owns who begins when, who has waited too long, and how much may lie in memory. What an answer means is
:mod:`.flight`'s business.
"""

import heapq
import select
from collections import deque

from aggregator.intake.fetching.aside import Aside
from aggregator.intake.fetching.flight import Flight, Verdict
from aggregator.intake.fetching.idle import IdleLines
from aggregator.intake.fetching.line import Line
from aggregator.intake.fetching.lookup import Address
from aggregator.intake.fetching.shared import Shared
from aggregator.model import Fetched, FetchFailed, FetchResult, Source, SourceState

SLOW = 0.25  # seconds; a fetch that takes longer mostly waits, so another may begin beside it: 64 hanging ones a second
MAX_OPEN = 4_000  # fetches at once, slow ones and all
FILES = 8_192  # the process asks to be allowed so many open files
FILES_LEFT = 128  # of them stay for everything else
MAX_WAITING = 2_000  # fetches that wait for a place at their host
MAX_BUFFERED = 64_000_000  # bytes of answers that are not whole yet; beyond, only the oldest goes on
MAX_LANDED = 16_000_000  # bytes of bodies handed over at once
N_EVENTS = 256
N_LOOK_UPS = 64  # threads
N_ODD = 32  # threads
TURN = 0.25  # seconds after which the owner gets a turn though nothing landed

_BEGIN, _SLOW, _DEADLINE = range(3)
_WATCHED = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET


class LeanFlights:
    """See :class:`.asking.Flights`."""

    def __init__(self, shared: Shared, n_at_once: int) -> None:
        self._shared = shared
        self._rules = shared.rules
        self._gate = shared.gate
        self._clock = shared.clock
        # Time stands still while the owner is at work: what it takes to read one source is no fault of the others.
        self._lost = 0.0  # seconds
        self._stopped_at: float | None = self._clock()
        self._n_at_once = n_at_once
        self._max_open = min(MAX_OPEN, _files_allowed() - FILES_LEFT)
        self._epoll = select.epoll()
        self._flight_by_fd: dict[int, Flight] = {}
        self._events: deque[tuple[int, int]] = deque()
        self._timers: list[tuple[float, int, int, Flight]] = []
        self._n_timers = 0
        self._waiting: dict[str, deque[Flight]] = {}
        self._n_waiting = 0
        self._n_flying = 0
        self._n_slow = 0
        self._idle = IdleLines()
        self._placed: set[Flight] = set()
        self._receiving: dict[Flight, None] = {}
        self._paused: dict[Flight, None] = {}
        self._n_buffered = 0
        self._done: list[tuple[Source, FetchResult]] = []
        self._n_done_bytes = 0
        self._look_ups: Aside | None = None
        self._odd: Aside | None = None

    # -- what the owner calls

    def room(self) -> int:
        """See :class:`.asking.Flights`."""
        if self._n_waiting >= MAX_WAITING:
            return 0
        n_open = self._n_flying - self._n_waiting
        return max(0, min(self._n_at_once - (n_open - self._n_slow), self._max_open - n_open))

    def n_flying(self) -> int:
        """See :class:`.asking.Flights`."""
        return self._n_flying + len(self._done)

    def begin(self, source: Source, state: SourceState) -> None:
        """See :class:`.asking.Flights`."""
        flight = Flight(source, state, self._rules)
        self._n_flying += 1
        if isinstance(flight.errand, FetchFailed):
            self._land(flight, flight.errand)
            return
        flight.aim()
        if flight.host in self._shared.odd_hosts:
            self._hand_over(flight)
            return
        self._queue(flight)

    def landed(self) -> list[tuple[Source, FetchResult]]:
        """See :class:`.asking.Flights`."""
        if self._stopped_at is not None:
            self._lost = self._clock() - self._stopped_at
            self._stopped_at = None
        try:
            if not self._done and self._n_flying:
                self._turn()
        finally:
            self._stopped_at = self._clock() - self._lost
        done, self._done, self._n_done_bytes = self._done, [], 0
        return done

    def withdraw(self, urls: frozenset[str]) -> list[str]:
        """See :class:`.asking.Flights`."""
        taken = []
        for host, queue in list(self._waiting.items()):
            for flight in [each for each in queue if each.source.url in urls and each.started_at is None]:
                queue.remove(flight)
                self._n_waiting -= 1
                self._n_flying -= 1
                taken.append(flight.source.url)
            if not queue:
                del self._waiting[host]
        return taken

    def close(self) -> None:
        """See :class:`.asking.Flights`."""
        for flight in list(self._placed):
            flight.is_done = True
            self._release(flight, is_kept=False)
            self._gate.leave(flight.host)
        self._placed.clear()
        self._idle.close()
        for aside in (self._look_ups, self._odd):
            if aside is not None:
                aside.close()
        self._epoll.close()

    # -- the loop

    def _now(self) -> float:
        """Give the time of the loop, which deadlines are measured by: the clock's, less what its owner has taken."""
        return self._clock() - self._lost if self._stopped_at is None else self._stopped_at

    def _turn(self) -> None:
        """Do what is to be done now; waits at most ``TURN`` when that is nothing."""
        if not self._events:
            wait = TURN
            if self._timers:
                wait = min(max(self._timers[0][0] - self._now(), 0.0), TURN)
            self._events.extend(self._epoll.poll(wait, N_EVENTS))
        while self._events and self._n_done_bytes < MAX_LANDED:
            fd, event = self._events.popleft()
            if flight := self._flight_by_fd.get(fd):
                self._advance(flight, is_readable=bool(event & ~select.EPOLLOUT))
                continue
            if fd in self._idle:
                self._idle.drop(fd)  # its server closes it, or says what nobody asked for
                continue
            for aside in (self._look_ups, self._odd):
                if aside is not None and aside.fd == fd:
                    aside.finish()
        if not self._events:
            self._ring()

    def _ring(self) -> None:
        """Serve the timers that are due, and hosts where a place may be free that another thread held."""
        now = self._now()
        while self._timers and self._timers[0][0] <= now:
            _, _, kind, flight = heapq.heappop(self._timers)
            if flight.is_done:
                continue
            if kind == _BEGIN:
                self._start(flight)
            elif kind == _SLOW:
                flight.is_slow = True
                self._n_slow += 1
                self._remind(flight.deadline, _DEADLINE, flight)
            else:
                self._fail(flight, TimeoutError("the deadline of the fetch has passed"))
        for host in list(self._waiting) if self._n_waiting == self._n_flying else ():
            self._admit(host)

    def _remind(self, at: float, kind: int, flight: Flight) -> None:
        self._n_timers += 1
        heapq.heappush(self._timers, (at, self._n_timers, kind, flight))

    # -- a hop: a place at the gate, a connection, an answer

    def _queue(self, flight: Flight) -> None:
        host = flight.host
        if not self._waiting.get(host) and (start := self._gate.enter(host)) is not None:
            self._take_off(flight, start)
            return
        queue = self._waiting.setdefault(host, deque())
        queue.append(flight)
        self._n_waiting += 1
        if len(queue) > 1:
            self._admit(host)

    def _admit(self, host: str) -> None:
        queue = self._waiting.get(host)
        while queue:
            start = self._gate.enter(host)
            if start is None:
                return
            # Out of the queue first: a hop that fails at once comes back here, and must not meet itself.
            flight = queue.popleft()
            self._n_waiting -= 1
            self._take_off(flight, start)
        self._waiting.pop(host, None)

    def _take_off(self, flight: Flight, start: float) -> None:
        """Begin a hop, whose place at the gate is taken, at ``start`` of the gate's clock."""
        self._placed.add(flight)
        wait = start - self._clock()
        if wait > 0:
            self._remind(self._now() + wait, _BEGIN, flight)
        else:
            self._start(flight)

    def _start(self, flight: Flight) -> None:
        """Begin a hop, whose place at the gate is taken."""
        if flight.started_at is None:  # waiting at the gate of the first host is no fault of the source
            now = self._now()
            flight.started_at = now
            flight.deadline = now + flight.source.timeout.total_seconds()
            is_long = flight.deadline > now + SLOW
            self._remind(now + SLOW if is_long else flight.deadline, _SLOW if is_long else _DEADLINE, flight)
        line = self._idle.take(flight.key)
        if line is None:
            self._connect_fresh(flight)
            return
        flight.take_line(line)
        self._flight_by_fd[line.fd] = flight
        self._advance(flight, is_readable=False)

    def _connect_fresh(self, flight: Flight) -> None:
        if flight.is_literal:
            self._found(flight, flight.look_up())
            return
        if self._look_ups is None:
            self._look_ups = self._open_aside(N_LOOK_UPS)
        self._look_ups.submit(flight.look_up, lambda result: self._found(flight, result))

    def _open_aside(self, n_threads: int) -> Aside:
        aside = Aside(n_threads)
        self._epoll.register(aside.fd, select.EPOLLIN)
        return aside

    def _found(self, flight: Flight, result: list[Address] | BaseException) -> None:
        """Go on with the addresses that were found, all of them judged, or with the reason that there is none."""
        if flight.is_done:
            return
        if isinstance(result, BaseException):
            self._fail(flight, result)
            return
        flight.addresses = result
        self._connect(flight, None)

    def _connect(self, flight: Flight, failure: OSError | None) -> None:
        """Connect to the next address, or fail with the last failure."""
        while flight.addresses:
            family, address = flight.addresses.pop(0)
            try:
                line = Line(flight.key, family, address)
            except OSError as error:
                failure = error
                continue
            flight.take_line(line)
            self._flight_by_fd[line.fd] = flight
            self._epoll.register(line.fd, _WATCHED)
            return
        self._fail(flight, failure or OSError("no address"))

    def _advance(self, flight: Flight, *, is_readable: bool) -> None:
        """Send and read what goes without waiting."""
        line = flight.line
        if line is None:
            return
        try:
            if not line.push():
                return
            if is_readable:
                self._read(flight, line, self._now())
        except OSError as error:
            if line.may_go_elsewhere(error):
                self._release(flight, is_kept=False)
                self._connect(flight, error)
            elif line.was_used and not flight.has_heard:
                self._ask_again(flight)
            else:
                self._fail(flight, error)

    def _read(self, flight: Flight, line: Line, now: float) -> None:
        while flight.line is line:
            if self._n_buffered > MAX_BUFFERED and flight is not next(iter(self._receiving), flight):
                self._paused[flight] = None
                return
            chunk = line.hear()
            if chunk is None:
                return
            if not chunk and line.was_used and not flight.has_heard:
                self._ask_again(flight)
                return
            verdict = flight.hear(chunk, now)
            if verdict is not None:
                self._settle(flight, verdict)
                return
            self._n_buffered += flight.n_buffered - flight.n_counted
            flight.n_counted = flight.n_buffered
            self._receiving[flight] = None

    def _settle(self, flight: Flight, verdict: Verdict) -> None:
        """End a hop: the flight goes on elsewhere, or lands, or is too odd."""
        is_wanted = verdict == "hop" or flight.host in self._waiting
        self._end_hop(flight, is_kept=flight.is_kept and is_wanted)
        if verdict == "odd":
            self._shared.remember_odd(flight.host)
            self._hand_over(flight)
        elif verdict == "hop":
            flight.aim()
            self._queue(flight)
        else:
            self._land(flight, verdict)

    def _ask_again(self, flight: Flight) -> None:
        """Ask over a fresh connection: the kept one had been closed by the server meanwhile."""
        self._release(flight, is_kept=False)
        self._connect_fresh(flight)

    def _fail(self, flight: Flight, error: BaseException) -> None:
        verdict = flight.failed(error)
        if flight in self._placed:
            self._end_hop(flight, is_kept=False)
        else:
            self._waiting[flight.host].remove(flight)
            self._n_waiting -= 1
        self._land(flight, verdict)

    def _end_hop(self, flight: Flight, *, is_kept: bool) -> None:
        self._release(flight, is_kept=is_kept)
        self._placed.discard(flight)
        self._gate.leave(flight.host)
        if flight.host in self._waiting:
            self._admit(flight.host)

    def _release(self, flight: Flight, *, is_kept: bool) -> None:
        """Part a flight and its connection, which stays open if it may carry another answer."""
        self._n_buffered -= flight.n_counted
        flight.n_counted = 0
        self._receiving.pop(flight, None)
        self._paused.pop(flight, None)
        line = flight.line
        flight.line = None
        if line is not None:
            del self._flight_by_fd[line.fd]
            if is_kept:
                self._idle.keep(line)
            else:
                line.close()  # the kernel forgets it in the epoll, too
        if self._paused and self._n_buffered <= MAX_BUFFERED:
            paused, self._paused = self._paused, {}
            self._events.extend((each.line.fd, select.EPOLLIN) for each in paused if each.line)

    # -- the end

    def _hand_over(self, flight: Flight) -> None:
        """Let requests fetch it from the beginning."""
        if self._odd is None:
            self._odd = self._open_aside(N_ODD)
        source, state = flight.source, flight.state
        flight.is_done = True
        if not flight.is_slow:  # it has a thread, and takes nobody's place
            flight.is_slow = True
            self._n_slow += 1
        self._odd.submit(
            lambda: self._shared.fallback().fetch(source, state), lambda result: self._came(flight, result)
        )

    def _came(self, flight: Flight, result: FetchResult | BaseException) -> None:
        if isinstance(result, BaseException):
            result = FetchFailed(reason=f"internal error while fetching: {type(result).__name__}")
        self._land(flight, result)

    def _land(self, flight: Flight, result: FetchResult) -> None:
        flight.is_done = True
        self._n_flying -= 1
        if flight.is_slow:
            flight.is_slow = False
            self._n_slow -= 1
        if isinstance(result, Fetched):
            self._n_done_bytes += len(result.body)
        self._done.append((flight.source, flight.timed(result, self._now())))


def _files_allowed() -> int:
    """Give how many files may be open, after asking for more."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return FILES if soft == resource.RLIM_INFINITY else soft
