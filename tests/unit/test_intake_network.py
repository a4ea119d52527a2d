"""What is decided about addresses, headers and hosts, without a network."""

import threading
from datetime import timedelta
from ipaddress import IPv4Address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.intake.fetching.addresses import AllowList, read_allow_list, why_refused
from aggregator.intake.fetching.freshness import LONGEST, max_age_of, retry_after_of
from aggregator.intake.fetching.gate import HostGate
from tests.builders import NOW, at

DATE = "Wed, 14 Jan 2026 12:00:00 GMT"  # NOW


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.215.14", ""),
        ("2606:2800:220:1:248:1893:25c8:1946", ""),
        ("64:ff9b::5db8:d70e", ""),  # a public address behind NAT64
        ("127.0.0.1", "this machine"),
        ("127.9.9.9", "this machine"),
        ("0.0.0.0", "private"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("198.18.0.1", "private"),
        ("240.0.0.1", "private"),
        ("255.255.255.255", "private"),
        ("224.0.0.1", "multicast"),
        ("::1", "this machine"),
        ("::", "not public"),
        ("::127.0.0.1", "not public"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fc00::1", "private"),
        ("fec0::1", "not public"),
        ("ff02::1", "multicast"),
        ("::ffff:127.0.0.1", "this machine"),
        ("::ffff:10.0.0.1", "private"),
        ("2002:7f00:1::", "this machine"),
        ("64:ff9b::a00:1", "private"),
        ("64:ff9b:1::1", "not public"),
        ("2001:0:1::1", "not public"),
        ("nonsense", "no network address"),
    ],
)
def test_only_public_addresses(address: str, kind: str) -> None:
    reason = why_refused(address, host="one.example", port=80, allowed=read_allow_list(()))
    assert kind in reason
    assert bool(reason) is bool(kind)


@given(st.integers(0, 2**32 - 1))
@example(0x643FFFFF)  # 100.63.255.255
@example(0xAC0FFFFF)
@example(0xDFFFFFFF)
def test_what_is_passed_at_a_glance_is_public(number: int) -> None:
    ip = IPv4Address(number)
    reason = why_refused(str(ip), host="one.example", port=80, allowed=read_allow_list(()))
    assert bool(reason) is not (ip.is_global and not ip.is_multicast)


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4\n", " 1.2.3.4", "1.2.3.+4"])
def test_nothing_but_an_address_is_passed_at_a_glance(text: str) -> None:
    assert why_refused(text, host="one.example", port=80, allowed=read_allow_list(())).endswith("no network address")


@pytest.mark.parametrize(
    ("entry", "address", "host", "port", "is_allowed"),
    [
        ("10.0.0.0/8", "10.1.2.3", "nas", 8080, True),
        ("10.0.0.0/8", "11.0.0.1", "nas", 80, True),
        ("10.0.0.0/8", "192.168.0.1", "nas", 80, False),
        ("127.0.0.1:8801", "127.0.0.1", "127.0.0.1", 8801, True),
        ("127.0.0.1:8801", "127.0.0.1", "127.0.0.1", 8802, False),
        ("127.0.0.1:8801", "127.0.0.2", "127.0.0.2", 8801, False),
        ("127.0.0.1", "::ffff:127.0.0.1", "one.example", 80, True),
        ("nas.local", "192.168.0.1", "NAS.local.", 80, True),
        ("nas.local:80", "192.168.0.1", "nas.local", 81, False),
        ("nas.local", "192.168.0.1", "evil.example", 80, False),
        ("[::1]:80", "::1", "[::1]", 80, True),
        ("::1", "::1", "::1", 1, True),
        ("127.0.0.0/8", "::ffff:127.0.0.1", "x", 80, True),
    ],
)
def test_allow_hosts(entry: str, address: str, host: str, port: int, is_allowed: bool) -> None:
    reason = why_refused(address, host=host, port=port, allowed=read_allow_list((entry,)))
    assert (not reason) is is_allowed


@pytest.mark.parametrize("entry", ["", ":80", "host:port", "host:99999", "10.0.0.0/99", "a/b"])
def test_an_entry_that_cannot_be_read(entry: str) -> None:
    with pytest.raises(ValueError, match="allow_hosts"):
        read_allow_list((entry,))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache_control": "public, max-age=300"}, timedelta(seconds=300)),
        ({"cache_control": 'MAX-AGE="300"', "age": "100"}, timedelta(seconds=200)),
        ({"cache_control": "max-age=300", "age": "500"}, timedelta(0)),
        ({"cache_control": "max-age=0, no-cache"}, timedelta(0)),
        ({"cache_control": "s-maxage=300"}, None),
        ({"cache_control": "max-age=999999999999"}, LONGEST),
        ({"cache_control": "max-age=60", "expires": "Wed, 14 Jan 2026 14:00:00 GMT"}, timedelta(seconds=60)),
        ({"expires": "Wed, 14 Jan 2026 14:00:00 GMT", "date": DATE}, timedelta(hours=2)),
        ({"expires": "Wed, 14 Jan 2026 14:00:00 GMT"}, timedelta(hours=3)),
        ({"expires": "Wed, 14 Jan 2026 14:00:00 GMT", "now": None}, None),
        ({"expires": "0", "date": DATE}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT", "date": DATE}, timedelta(0)),
        ({"cache_control": "no-store", "expires": "Wed, 14 Jan 2026 14:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_max_age(headers: dict[str, str], expected: timedelta | None) -> None:
    given = {"cache_control": "", "expires": "", "age": "", "date": "", "now": at(-1), **headers}
    assert max_age_of(**given) == expected  # type: ignore[arg-type]  # a table of what each case is about


@pytest.mark.parametrize(
    ("retry_after", "date", "expected"),
    [
        ("120", "", timedelta(seconds=120)),
        (" 120 ", "", timedelta(seconds=120)),
        ("Wed, 14 Jan 2026 12:10:00 GMT", DATE, timedelta(minutes=10)),
        ("Wed, 14 Jan 2026 12:10:00 GMT", "", timedelta(minutes=10)),
        ("Wed, 14 Jan 2025 12:10:00 GMT", DATE, timedelta(0)),
        ("99999999999", "", LONGEST),
        ("120.0", "", timedelta(seconds=120)),
        ("120s", "", timedelta(seconds=120)),
        ("120, 120", "", timedelta(seconds=120)),
        ("2026-01-14T12:10:00Z", DATE, timedelta(minutes=10)),
        ("Wednesday, 14-Jan-26 12:10:00 GMT", DATE, timedelta(minutes=10)),
        ("Wed Jan 14 12:10:00 2026", DATE, timedelta(minutes=10)),
        ("soon", "", None),
        ("-5", "", None),
        ("", "", None),
    ],
)
def test_retry_after(retry_after: str, date: str, expected: timedelta | None) -> None:
    assert retry_after_of(retry_after=retry_after, date=date, now=NOW) == expected


def test_fetches_of_one_host_start_apart() -> None:
    time, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    gate = HostGate(spacing=timedelta(seconds=0.5), clock=lambda: time[0], sleep=sleep)
    for host in ("one", "one", "two", "one"):
        with gate.passing(host):
            pass
    time[0] = 200.0
    with gate.passing("one"):
        pass
    assert slept == [0.5, 1.0]


def test_one_host_sees_two_at_once() -> None:
    gate = HostGate(spacing=timedelta(0))
    inside, most = [], []
    lock, both_in = threading.Lock(), threading.Barrier(2, timeout=10)

    def visit() -> None:
        with gate.passing("one"):
            with lock:
                inside.append(1)
                most.append(len(inside))
            both_in.wait()  # nobody leaves before two are in
            with lock:
                inside.pop()

    threads = [threading.Thread(target=visit) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert max(most) == 2
    assert len(most) == 6


def test_a_place_is_given_back_after_an_error() -> None:
    gate = HostGate(at_once=1, spacing=timedelta(0))
    for _ in range(2):
        with pytest.raises(KeyError), gate.passing("one"):
            raise KeyError


def test_hosts_are_forgotten() -> None:
    gate = HostGate(spacing=timedelta(0), clock=lambda: 1.0)
    for i in range(1_500):
        with gate.passing(f"host-{i}"):
            pass
    assert len(gate._next_start) <= 1_001


@given(st.ip_addresses(), st.integers(0, 32), st.booleans())
def test_ranges_as_numbers_allow_what_networks_allow(ip: IPv4Address, n_bits: int, is_inside: bool) -> None:
    """The short way for IPv4 says what :mod:`ipaddress` says."""
    base = ip if is_inside and ip.version == 4 else IPv4Address("127.0.0.0")
    network = ip_network(f"{base}/{n_bits}", strict=False)
    quick = read_allow_list((str(network),))
    assert quick.ranges
    for address in (str(ip), f"0{ip}", f"{ip}%eth0", f" {ip}"):
        assert why_refused(address, host="one.example", port=80, allowed=quick) == why_refused(
            address, host="one.example", port=80, allowed=AllowList(networks=(network,))
        )
