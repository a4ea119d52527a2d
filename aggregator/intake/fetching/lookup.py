"""Look a host up and judge every address that it gives, before anything connects.

What is connected to is what was judged: nothing is looked up twice.
"""

import _socket  # what `socket` gives more costs 2 ms to import, and 2 us a connection

from aggregator.errors import SourceError
from aggregator.intake.fetching.addresses import AllowList, why_refused

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
Address = tuple[int, SocketAddress]


def is_literal(host: str) -> bool:
    """Tell whether a host is an address however written, which no resolver has to be asked for."""
    return ":" in host or host.replace(".", "").isdigit()


def look_up(host: str, port: int) -> list[Address]:
    """Give family and address of a host, in the order of the system. Blocks; the resolver cannot be stopped.

    Raises:
        SourceError: The name is not found, in words.
    """
    try:  # an address in its usual form is its own answer
        _socket.inet_pton(_socket.AF_INET, host)
    except (OSError, UnicodeError):
        pass
    else:
        return [(_socket.AF_INET, (host, port))]
    import socket

    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"name not found: {host}") from error
    return list(
        dict.fromkeys((int(family), address) for family, _, _, _, address in found if isinstance(address[0], str))
    )


def judged(found: list[Address], host: str, port: int, allowed: AllowList) -> list[Address]:
    """Give the addresses that may be connected to.

    Raises:
        SourceError: None may; in words.
    """
    refusals = []
    good = []
    for family, address in found:
        if refusal := why_refused(str(address[0]), host=host, port=port, allowed=allowed):
            refusals.append(refusal)
        else:
            good.append((family, address))
    if not good:
        raise SourceError(refusals[0] if refusals else f"name not found: {host}")
    return good
