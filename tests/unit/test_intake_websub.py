"""What hubs are asked, and whom a callback believes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.fetching.addresses import AllowList, read_allow_list
from aggregator.intake.hubs import websub
from aggregator.intake.hubs.websub import HubAnswer, Plan
from aggregator.model import Fetched, Letter, SourceState, Subscription
from tests.builders import NOW, at, parsed_feed, state, subscription

URL = "https://one.example/feed.xml"
HUB, OTHER_HUB = "https://hub.example/", "https://other-hub.example/"
NOBODY = AllowList()
hours = st.integers(-9, 9)


def minting() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"minted-{next(numbers)}"


def pushed(url: str = URL, hubs: Sequence[str] = (HUB,), topic: str = "") -> SourceState:
    return state(url, hubs=tuple(hubs), topic=topic or url)


def plan(subscriptions: Sequence[Subscription], states: Sequence[SourceState], hours: float = 0, **options) -> Plan:
    given = {"base_url": "https://news.example/", "is_on": True, "allowed": NOBODY, "mint": minting(), "now": at(hours)}
    return websub.plan(subscriptions, states, **{**given, **options})


# ---------------------------------------------------------------- discovery


def test_a_header_without_self_is_about_what_was_fetched() -> None:
    found = websub.discovered(Fetched(url=URL, body=b"", link="<https://hub.example>; rel=hub"), parsed_feed())
    assert found == ((HUB,), URL)


@pytest.mark.parametrize(
    ("link", "hubs", "self_url", "expected"),
    [
        ("", (), "", ((), "")),
        ("", (), "https://one.example/self", ((), "")),
        ("<https://one.example/self>; rel=self", (), "", ((), "")),
        ("", (HUB,), "", ((HUB,), URL)),
        ("", (HUB,), "https://one.example/self", ((HUB,), "https://one.example/self")),
        ("<https://one.example/self>; rel=self", (HUB,), "https://x.example/", ((HUB,), "https://one.example/self")),
        (f"<{OTHER_HUB}>; rel=hub", (HUB,), "https://x.example/", ((OTHER_HUB,), "https://x.example/")),
        (f"<{HUB}>;rel=hub,<{OTHER_HUB}>;rel=hub,<{HUB}>;rel=hub", (), "", ((HUB, OTHER_HUB), URL)),
        ("<javascript:alert(1)>; rel=hub, <//hub.example/>; rel=hub", (), "", ((HUB,), URL)),
        (f'<{HUB}>; rel=hub; anchor="/other"', (), "", ((), "")),
    ],
)
def test_discovery(link: str, hubs: tuple[str, ...], self_url: str, expected: tuple[tuple[str, ...], str]) -> None:
    feed = parsed_feed(hubs=hubs, self_url=self_url)
    assert websub.discovered(Fetched(url=URL, body=b"", link=link), feed) == expected


@pytest.mark.parametrize(
    ("hub", "allow", "expected"),
    [
        ("https://hub.example/", (), True),
        ("http://hub.example/", (), False),
        ("http://hub.example/", ("hub.example",), True),
        ("http://hub.example:8080/", ("hub.example:8080",), True),
        ("http://hub.example:8081/", ("hub.example:8080",), False),
        ("http://10.1.2.3/", ("10.0.0.0/8",), True),
        ("http://[::1]:80/", ("::1",), True),
        ("ftp://hub.example/", ("hub.example",), False),
        ("", (), False),
    ],
)
def test_a_secret_travels_by_https_only(hub: str, allow: tuple[str, ...], expected: bool) -> None:
    assert websub.is_usable(hub, read_allow_list(allow)) is expected


@pytest.mark.parametrize(
    ("base_url", "allow", "expected"),
    [
        ("https://news.example.org/", (), True),
        ("http://news.example.org:8080/x/", (), True),
        ("http://127.0.0.1:8080/", (), False),
        ("http://127.0.0.1:8080/", ("127.0.0.1",), True),
        ("http://192.168.1.5/", (), False),
        ("http://[::1]:8080/", (), False),
        ("http://8.8.8.8/", (), True),
        ("http://localhost:8080/", (), False),
        ("http://raspberry/", (), False),
        ("http://raspberry.local/", (), False),
        ("http://raspberry/", ("raspberry",), True),
    ],
)
def test_where_hubs_can_reach_us(base_url: str, allow: tuple[str, ...], expected: bool) -> None:
    assert websub.is_public(base_url, read_allow_list(allow)) is expected


# ---------------------------------------------------------------- asking hubs


def test_a_source_with_a_hub_is_subscribed_to() -> None:
    (asked,) = plan([], [pushed(), state("https://two.example/")]).ask
    assert (asked.source_url, asked.named, asked.hub, asked.topic) == (URL, HUB, HUB, URL)
    assert asked.token != asked.secret
    assert (asked.asked_at, asked.next_at, asked.lease_until) == (NOW, at(1), None)


def test_a_hub_that_was_asked_has_its_time() -> None:
    asked = subscription(asked_at=NOW, next_at=at(1))
    assert plan([asked], [pushed()], hours=0.9) == Plan()
    (again,) = plan([asked], [pushed()], hours=1).ask
    assert (again.n_failures, again.next_at) == (1, at(3))
    assert (again.token, again.secret) != (asked.token, asked.secret)
    assert plan([asked], [pushed()], hours=1).drop == (asked.token,)


def test_waits_grow_to_a_day_and_never_end() -> None:
    each, waits = subscription(asked_at=NOW, next_at=at(1)), []
    for _ in range(9):
        now = each.next_at
        (each,) = plan([each], [pushed()], now=now).ask
        waits.append((each.next_at - now) // timedelta(hours=1))
    assert waits == [2, 4, 8, 16, 24, 24, 24, 24, 24]


def test_a_renewal_that_fails_is_tried_again_with_the_same_callback_while_the_lease_lasts() -> None:
    fresh = subscription(asked_at=NOW, verified_at=NOW, lease_until=at(100), next_at=at(80))
    (renewed,) = plan([fresh], [pushed()], hours=80).ask
    assert (renewed.token, renewed.secret, renewed.n_failures) == (fresh.token, fresh.secret, 0)
    (again,) = plan([renewed], [pushed()], hours=81).ask
    assert (again.token, again.n_failures) == (fresh.token, 1)
    lapsed = replace(again, lease_until=at(80))
    assert plan([lapsed], [pushed()], hours=83).drop == (fresh.token,)


@pytest.mark.parametrize("now_named", [(), (OTHER_HUB,)])
def test_a_hub_that_is_named_no_more_is_left_when_it_would_be_renewed(now_named: tuple[str, ...]) -> None:
    fresh = subscription(asked_at=NOW, verified_at=NOW, lease_until=at(100), next_at=at(80))
    assert plan([fresh], [pushed(hubs=now_named)], hours=79) == Plan()
    asked = plan([fresh], [pushed(hubs=now_named)], hours=80).ask
    assert [(each.hub, each.is_leaving) for each in asked] == [(HUB, True), *((hub, False) for hub in now_named)]


def test_another_address_of_ours_is_another_subscription_and_the_old_one_is_left_by_its_own() -> None:
    fresh = subscription(asked_at=NOW, verified_at=NOW, lease_until=at(100), next_at=at(80))
    asked = plan([fresh], [pushed()], hours=80, base_url="https://elsewhere.example/").ask
    assert [(each.is_leaving, each.callback) for each in asked] == [
        (True, fresh.callback),
        (False, f"https://elsewhere.example/websub/{asked[1].token}"),
    ]


def test_another_topic_is_another_subscription() -> None:
    fresh = subscription(asked_at=NOW, verified_at=NOW, lease_until=at(100), next_at=at(80))
    asked = plan([fresh], [pushed(topic="https://one.example/new")], hours=80).ask
    assert [(each.topic, each.is_leaving) for each in asked] == [(URL, True), ("https://one.example/new", False)]
    later = plan(asked, [pushed(topic="https://one.example/new")], hours=80.5)
    assert later == Plan()


@pytest.mark.parametrize(("states", "is_on"), [((), True), ((pushed(),), False)])
def test_what_is_not_wanted_is_unsubscribed_and_dropped_in_the_end(
    states: tuple[SourceState, ...], is_on: bool
) -> None:
    each = subscription(asked_at=NOW, verified_at=NOW, lease_until=at(100), next_at=at(80))
    asked_at = []
    for hour in range(30):
        found = plan([each], states, hours=hour, is_on=is_on)
        if found.drop:
            break
        if found.ask:
            (each,) = found.ask
            asked_at.append(hour)
    assert asked_at == [0, 1, 3]
    assert hour == 7
    assert each.is_leaving


def test_what_was_never_confirmed_is_only_forgotten() -> None:
    each = subscription(asked_at=NOW, next_at=at(1))
    assert plan([each], []) == Plan(drop=(each.token,))


def test_a_tick_asks_few_and_the_next_ones_ask_the_others() -> None:
    states = [pushed(f"https://{n}.example/", [f"https://hub{n % 20}.example/"]) for n in range(200)]
    asked: list[Subscription] = []
    n_ticks = 0
    while (found := plan(asked, states, mint=minting_from(len(asked)))).ask:
        assert len(found.ask) <= websub.MAX_HOSTS * websub.MAX_PER_HOST
        asked += found.ask
        n_ticks += 1
    assert len({each.source_url for each in asked}) == len(asked) == 200
    assert n_ticks < 12


def minting_from(n: int) -> Callable[[], str]:
    numbers = count(2 * n)
    return lambda: f"minted-{next(numbers)}"


def test_what_is_not_asked_in_this_tick_is_not_dropped_either() -> None:
    late = [
        subscription(f"https://{n}.example/", token=f"token-of-{n:020d}", asked_at=NOW, next_at=at(1))
        for n in range(20)
    ]
    found = plan(late, [pushed(f"https://{n}.example/") for n in range(20)], hours=1)
    assert len(found.ask) == len(found.drop) == websub.MAX_PER_HOST


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.booleans(), st.none() | st.integers(-9, 9), st.integers(-9, 9)),
        max_size=websub.MAX_PER_HOST,
    ),
    st.booleans(),
)
def test_a_source_never_has_two_subscriptions(given: list[tuple[int, bool, int | None, int]], is_on: bool) -> None:
    subscriptions = [
        subscription(
            f"https://{n}.example/",
            token=f"token-{index}",
            is_leaving=is_leaving,
            lease_until=None if lease is None else at(lease),
            next_at=at(next_in),
        )
        for index, (n, is_leaving, lease, next_in) in enumerate(given)
    ]
    found = plan(subscriptions, [pushed(f"https://{n}.example/") for n in range(3)], is_on=is_on)
    kept = {each.token: each for each in subscriptions if each.token not in found.drop}
    kept |= {each.token: each for each in found.ask}
    wanted = [each.source_url for each in kept.values() if not each.is_leaving]
    assert len(wanted) == len(set(wanted))
    assert is_on or not wanted


@pytest.mark.parametrize(
    ("answer", "hours"),
    [
        (HubAnswer(status=202), 1),
        (HubAnswer(status=500, error="it answered 500"), 1),
        (HubAnswer(status=429, error="it answered 429", retry_after=timedelta(hours=5)), 5),
        (HubAnswer(status=503, error="it answered 503", retry_after=timedelta(seconds=5)), 1),
        (HubAnswer(status=503, error="it answered 503", retry_after=timedelta(days=300)), 24),
    ],
)
def test_a_hub_that_wants_to_be_left_alone_is(answer: HubAnswer, hours: float) -> None:
    after = websub.after_answer(subscription(asked_at=NOW, next_at=at(1)), answer)
    assert (after.next_at, after.error) == (at(hours), answer.error)


# ---------------------------------------------------------------- what hubs say


def confirm(each: Subscription | None, **fields: str) -> tuple[str, Letter] | None:
    asked = {"mode": "subscribe", "topic": URL, "challenge": "c7", "lease_seconds": "3600", **fields}
    return websub.answer_of(each, {f"hub.{name}": value for name, value in asked.items()}, now=NOW)


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("3600", timedelta(hours=1)),
        ("0", timedelta(0)),
        ("", websub.DEFAULT_LEASE),
        ("-5", websub.DEFAULT_LEASE),
        ("1e9", websub.DEFAULT_LEASE),
        ("9" * 12, websub.LONGEST_LEASE),
        ("9" * 99, websub.DEFAULT_LEASE),
        ("٣٦٠٠", websub.DEFAULT_LEASE),
    ],
)
def test_the_lease_is_what_the_hub_says_within_reason(seconds: str, lease: timedelta) -> None:
    each = subscription()
    assert confirm(each, lease_seconds=seconds) == (
        "c7",
        Letter(token=each.token, kind="subscribed", at=NOW, lease=lease),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": URL + "?x"},
        {"topic": ""},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "c" * 2_001},
    ],
)
def test_only_what_was_asked_is_confirmed(fields: dict[str, str]) -> None:
    assert confirm(subscription(), **fields) is None
    assert confirm(None) is None


def test_who_leaves_confirms_only_that() -> None:
    leaving = subscription(is_leaving=True, lease_until=at(5))
    assert confirm(leaving) is None
    answer = confirm(leaving, mode="unsubscribe")
    assert answer is not None
    text, letter = answer
    assert (text, letter.kind) == ("c7", "unsubscribed")
    assert websub.after_letter(leaving, letter) is None
    assert websub.after_letter(subscription(), letter) == subscription(), "an old letter ends no new subscription"


def test_a_denial_says_why_in_one_line() -> None:
    answer = confirm(subscription(), mode="denied", reason="not\x1b[31m\nhere" + "!" * 500)
    assert answer is not None
    _, letter = answer
    after = websub.after_letter(subscription(verified_at=NOW, lease_until=at(9)), letter)
    assert after is not None
    assert after.error.startswith("the hub refused: not")
    assert after.error.isprintable()
    assert len(after.error) < 250
    assert (after.lease_until, after.next_at) == (None, at(24))


def test_a_confirmation_ends_failures_and_sets_the_renewal() -> None:
    letter = Letter(token="t", kind="subscribed", at=at(1), lease=timedelta(hours=10))
    after = websub.after_letter(subscription(n_failures=3, error="it answered 503"), letter)
    assert after is not None
    assert (after.n_failures, after.error, after.verified_at) == (0, "", at(1))
    assert (after.lease_until, after.next_at) == (at(11), at(9))
    short = websub.after_letter(subscription(), replace(letter, lease=timedelta(seconds=10)))
    assert short is not None
    assert short.next_at == at(1) + websub.RENEW_AT_LEAST


BODY = b"what do ya want for nothing?"  # the key is "Jefe". Source: RFC 2202, 3; RFC 4231, 4.3
SIGNED = {
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "sha512": (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
        "caeab1a34d4a6b4b636e070a38bce737"
    ),
}


@pytest.mark.parametrize("method", SIGNED)
def test_signatures(method: str) -> None:
    signed = f"{method}={SIGNED[method]}"
    assert websub.is_signed(BODY, [signed], "Jefe")
    assert websub.is_signed(BODY, [signed.upper()], "Jefe")
    assert websub.is_signed(BODY, ["sha256=00", signed], "Jefe")
    assert not websub.is_signed(BODY + b" ", [signed], "Jefe")
    assert not websub.is_signed(BODY, [signed], "jefe")
    assert not websub.is_signed(BODY, [signed[:-1]], "Jefe")
    assert not websub.is_signed(BODY, [SIGNED[method]], "Jefe")


@pytest.mark.parametrize("signature", ["", "=", "sha256", "sha256=", "md5=aa", "new=aa", "sha256=é\udc80"])
def test_what_is_no_signature_is_none(signature: str) -> None:
    assert not websub.is_signed(BODY, [signature], "Jefe")
    assert not websub.is_signed(BODY, [], "Jefe")


def test_a_hub_that_moved_gets_a_secret_of_its_own() -> None:
    each = subscription(verified_at=NOW, lease_until=at(5))
    moved = websub.moved(each, OTHER_HUB, base_url="https://news.example/", mint=minting())
    assert (moved.named, moved.hub) == (each.named, OTHER_HUB)
    assert not {moved.token, moved.secret} & {each.token, each.secret}
    assert (moved.verified_at, moved.lease_until) == (None, None)
    leaving = replace(each, is_leaving=True)
    assert websub.moved(leaving, OTHER_HUB, base_url="", mint=minting()) == replace(leaving, hub=OTHER_HUB)


def test_forms() -> None:
    each = subscription(token="tok", secret="s&t", topic="https://one.example/?a=b&c")
    assert websub.form_of(each).decode() == (
        "hub.callback=https%3A%2F%2Fnews.example%2Fwebsub%2Ftok&hub.mode=subscribe"
        "&hub.topic=https%3A%2F%2Fone.example%2F%3Fa%3Db%26c&hub.lease_seconds=864000&hub.secret=s%26t"
    )
    assert b"secret" not in websub.form_of(replace(each, is_leaving=True))
