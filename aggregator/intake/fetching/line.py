"""A connection that never blocks: connects to an address that was judged, speaks TLS where asked, says one request.

Owns sockets. Knows nothing of HTTP; what it is to say and what it heard are bytes.
"""

import _socket  # what `socket` gives more costs 2 ms to import, and 2 us a connection
import errno
import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

CHUNK = 65_536  # bytes of one reading

_UNDER_WAY = (errno.EINPROGRESS, errno.EAGAIN, errno.EALREADY)

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
Key = tuple[str, str, int]  # scheme, host and port


@lru_cache(maxsize=1)
def tls_context() -> "ssl.SSLContext":
    """Give the rules by which servers prove who they are: those of the system, and the list that requests brings.

    It costs 50 ms, so it is made when the first source needs it.
    """
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Line:
    """One connection to one place.

    Attributes:
        key: Scheme, host and port: what it may be used for again.
        fd: Number of its socket.
        was_used: It has carried an answer before.
    """

    __slots__ = ("_is_up", "_out", "_sock", "_tls", "_tls_failures", "_waits", "fd", "key", "was_used")

    def __init__(self, key: Key, family: int, address: SocketAddress) -> None:
        """Begin to connect.

        Raises:
            OSError: It cannot even begin.
        """
        self.key = key
        self.was_used = False
        self._out = b""
        self._is_up = False
        self._tls: ssl.SSLSocket | None = None
        self._waits: tuple[type[OSError], ...] = (BlockingIOError,)  # what says that nothing goes now
        self._tls_failures: tuple[type[OSError], ...] = ()
        self._sock = _socket.socket(family, _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK)
        self.fd = self._sock.fileno()
        code = self._sock.connect_ex(address)
        if code and code not in _UNDER_WAY:
            self._sock.close()
            raise OSError(code, os.strerror(code)) from None

    def say(self, request: bytes) -> None:
        """Take what is to be sent by :meth:`push`."""
        self._out = request

    def push(self) -> bool:
        """Connect, shake hands and send as far as it goes now. ``True``: all is said.

        Raises:
            OSError: The connection failed; ``ConnectionError``, ``ssl.SSLError`` among them.
        """
        if not self._out:
            return True
        if not self._is_up and not self._come_up():
            return False
        try:
            n_sent = (self._tls or self._sock).send(self._out)
        except self._waits:
            return False
        self._is_up = True
        self._out = self._out[n_sent:]
        return not self._out

    def _come_up(self) -> bool:
        if self.key[0] != "https":
            return True  # sending tells
        try:
            (self._tls or self._wrap()).do_handshake()
        except self._waits:
            return False
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise
            code = self._sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code)) from None
            return False
        self._is_up = True
        return True

    def _wrap(self) -> "ssl.SSLSocket":
        import socket
        import ssl  # 4 ms, which a poll over http need not spend

        self._sock.getpeername()
        own = socket.socket(self._sock.family, socket.SOCK_STREAM, self._sock.proto, fileno=self._sock.detach())
        own.setblocking(False)
        self._waits = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
        self._tls_failures = (ssl.SSLError,)
        self._tls = tls_context().wrap_socket(own, server_hostname=self.key[1], do_handshake_on_connect=False)
        return self._tls

    def may_go_elsewhere(self, error: OSError) -> bool:
        """Tell whether another address of the host may be tried: nothing was said here, and no proof was refused."""
        return not (self._is_up or self.was_used or isinstance(error, self._tls_failures))

    @property
    def is_up(self) -> bool:
        """Whether it is connected for sure."""
        return self._is_up

    def hear(self) -> bytes | None:
        """Give what has arrived, ``b""`` at the end of the connection, ``None``: nothing now.

        Raises:
            OSError: The connection failed.
        """
        try:
            return (self._tls or self._sock).recv(CHUNK)
        except self._waits:
            return None

    @property
    def may_hold_more(self) -> bool:
        """Whether a reading that was not full says nothing about the next: TLS gives records, not what has come."""
        return self._tls is not None

    def close(self) -> None:
        """End the connection."""
        (self._tls or self._sock).close()
