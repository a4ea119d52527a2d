"""Own the one place where a connection is made: where to, and for how long.

urllib3 makes connections of the classes below. Each looks up its host itself, judges every address it gets, and
connects to exactly an address that was judged: nothing is looked up twice, so a name that changes its mind between
check and use gains nothing. Each reading from the network waits at most until the visit's deadline: a server that sends
a byte a second for ever, in headers or body, is left on time.

The visit is handed over in a context variable, since urllib3 gives pooled connections to any visit. Subclasses, because
that is how urllib3 is extended.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from aggregator.dataclass import dataclass
from aggregator.errors import SourceError
from aggregator.intake.fetching.addresses import AllowList, why_refused

N_POOLS = 64  # hosts whose connections stay open


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a connection has to know of the fetch that it serves. ``deadline`` is a value of ``clock``, in seconds."""

    deadline: float
    clock: Callable[[], float]
    allowed: AllowList

    def seconds_left(self) -> float:
        """Give how many seconds are left. Raises ``TimeoutError`` if none."""
        left = self.deadline - self.clock()
        if left <= 0:
            raise TimeoutError("the deadline of the fetch has passed")
        return left


_visit: ContextVar[Visit] = ContextVar("visit")


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """Make every connection that this thread uses meanwhile serve ``visit``."""
    token = _visit.set(visit)
    try:
        yield
    finally:
        _visit.reset(token)


class _PlainSocket(socket.socket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_visit.get().seconds_left())
        return super().recv_into(*args, **kwargs)


class _TlsSocket(ssl.SSLSocket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_visit.get().seconds_left())
        return super().recv_into(*args, **kwargs)


class _PlainConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port or 80)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port or 443)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class GuardedAdapter(HTTPAdapter):
    """Makes a requests session use the connections of this module."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools; called by requests."""
        context = ssl.create_default_context()
        context.sslsocket_class = _TlsSocket
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


def _connect(host: str, port: int) -> socket.socket:
    """Connect to the first address of a host that may be connected to and answers.

    Raises:
        SourceError: The name is not found, or every address is refused; in words.
        OSError: No address answers.
    """
    visit = _visit.get()
    found = _look_up(host, port, visit)
    refusals = []
    failure: OSError | None = None
    for family, address in found:
        if refusal := why_refused(str(address[0]), host=host, port=port, allowed=visit.allowed):
            refusals.append(refusal)
            continue
        connection = _PlainSocket(family, socket.SOCK_STREAM)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(visit.seconds_left())
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    if failure is not None:
        raise failure
    raise SourceError(refusals[0] if refusals else f"name not found: {host}")


SocketAddress = tuple[str, int] | tuple[str, int, int, int]


def _look_up(host: str, port: int, visit: Visit) -> list[tuple[int, SocketAddress]]:
    """Give family and address of a host. The resolver cannot be stopped, so it is left behind when it hangs."""
    result: list[tuple[int, SocketAddress]] = []
    failures: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
                if isinstance(address[0], str):
                    result.append((family, address))
        except (OSError, UnicodeError) as error:
            failures.append(error)

    if _is_literal(host):
        ask()
    else:
        thread = threading.Thread(target=ask, name=f"look up {host}", daemon=True)
        thread.start()
        thread.join(visit.seconds_left())
        if thread.is_alive():
            raise SourceError(f"the name {host} could not be looked up in time")
    if failures:
        raise SourceError(f"name not found: {host}") from failures[0]
    return list(dict.fromkeys(result))


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
