"""Judge the network addresses that a source may lead to. Pure.

Whoever writes a feed must not make this program ask a router, a metadata service or a neighbour for anything. So every
address is refused that is not part of the public internet, unless ``allow_hosts`` names it.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aggregator.dataclass import dataclass

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Surely public: an IPv4 address whose first number begins no range that is kept for something else. Some others are
# public, too: they are judged below. Source: IANA, IPv4 Special-Purpose Address Registry.
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PUBLIC = re.compile(
    rf"(?!(?:0|10|100|127|169|172|192|198|203|22[4-9]|23[0-9]|24[0-9]|25[0-5])\.){_BYTE}(?:\.{_BYTE}){{3}}\Z"
)
_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}\Z")
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_PUBLIC = (
    IPv6Network("::/96"),  # IPv4-compatible, long given up
    IPv6Network("2001::/32"),  # Teredo: the IPv4 address inside is that of anybody
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a local network
    IPv6Network("fec0::/10"),  # site-local, given up
)


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may be fetched though it is private.

    Attributes:
        hosts: (host or address in lower case, port or 0 for any).
        networks: Ranges of addresses, any port.
        ranges: Those of IPv4 again, as numbers, first and last: to ask :mod:`ipaddress` takes ten times as long.
    """

    hosts: tuple[tuple[str, int], ...] = ()
    networks: tuple[Network, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()


def read_allow_list(entries: Sequence[str]) -> AllowList:
    """Read ``allow_hosts``: "host", "host:port", "address", "[address]:port" or a range "10.0.0.0/8".

    Raises:
        ValueError: An entry cannot be read; the message names it.
    """
    hosts: list[tuple[str, int]] = []
    networks: list[Network] = []
    for entry in entries:
        text = entry.strip().lower()
        if "/" in text:
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError as error:
                raise ValueError(f"allow_hosts: {entry!r} is no range of addresses") from error
        else:
            hosts.append(_host_and_port(text, entry))
    ranges = [(int(each[0]), int(each[-1])) for each in networks if each.version == 4]
    return AllowList(hosts=tuple(hosts), networks=tuple(networks), ranges=tuple(ranges))


def _host_and_port(text: str, entry: str) -> tuple[str, int]:
    host, port = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ValueError(f"allow_hosts: {entry!r} is no host, host:port or range of addresses")
    try:
        host = str(ip_address(host))
    except ValueError:
        host = host.rstrip(".")
    return host, int(port or 0)


def is_named(host: str, *, port: int, allowed: AllowList) -> bool:
    """Tell whether ``allow_hosts`` names a host as an address spells it; nothing is looked up."""
    name = host.lower().strip("[]").rstrip(".")
    if any(each == name and only in (0, port) for each, only in allowed.hosts):
        return True
    try:
        ip = ip_address(name)
    except ValueError:
        return False
    return any(ip in network for network in allowed.networks if ip.version == network.version)


def why_refused(address: str, *, host: str, port: int, allowed: AllowList) -> str:
    """Say in words why an address must not be connected to; empty: it may.

    Args:
        address: What ``host`` resolved to.
        host: As the address of the source or a redirect names it.
        port: Where it is to be connected.
        allowed: The exceptions.
    """
    if _PUBLIC.match(address) or (allowed.ranges and _is_within(address, allowed.ranges)):
        return ""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address} is no network address"
    kind = _kind(ip)
    if not kind:
        return ""
    name = host.lower().strip("[]").rstrip(".")
    inner = _inner(ip) or ip
    if any(each in (name, str(ip), str(inner)) and only in (0, port) for each, only in allowed.hosts):
        return ""
    if any(ip in network or inner in network for network in allowed.networks):
        return ""
    return f"the address {ip} is {kind} and not in allow_hosts"


def _is_within(address: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether this is an IPv4 address in its usual form, and within one of the ranges."""
    if not _IPV4.match(address):
        return False
    number = int.from_bytes(bytes(map(int, address.split("."))), "big")
    for first, last in ranges:  # noqa: SIM110 - a generator takes longer than the rest
        if first <= number <= last:
            return True
    return False


def _inner(ip: Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 address only wraps."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _kind(ip: Address) -> str:
    """Say why an address is not public; empty: it is."""
    ip = _inner(ip) or ip
    if isinstance(ip, IPv6Address) and any(ip in network for network in _NEVER_PUBLIC) and not ip.is_loopback:
        return "not public"
    if ip.is_loopback:
        return "this machine"
    if ip.is_link_local:
        return "link-local"
    if ip.is_multicast:
        return "multicast"
    return "" if ip.is_global else "private"
