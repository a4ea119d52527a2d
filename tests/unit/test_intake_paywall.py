"""The hint of a paywall: what says so, what only speaks of it, and that it reaches the story page's values."""

import json

import pytest

from aggregator.intake.reading.parse import parse
from aggregator.intake.reading.paywall import is_paywalled
from aggregator.model import ParsedFeed


def is_marked(title: str) -> bool:
    return is_paywalled(title=title, categories=(), named=())


@pytest.mark.parametrize(
    "title",
    [
        "[$] The state of the page cache",
        "(S+) Wie es weitergeht",
        "(g+) Linux auf dem Fahrrad",
        "The budget, explained (paywall)",
        "The budget, explained [Subscribers only]",
        "[Premium] How the bridge fell",
        "How the bridge fell 🔒",
        "[🔒] How the bridge fell",
        "🔒 Subscribers only – the bridge",
        "Subscriber-only: the bridge",
        "The bridge | Subscribers only",
        "RÉSERVÉ AUX ABONNÉS - Le pont",
        "Article réservé aux abonnés : le pont",
        "Για συνδρομητές: η γέφυρα",
        "【有料会員限定】橋の話",
    ],
)
def test_a_mark_around_a_title_counts(title: str) -> None:
    assert is_marked(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "[ ] Call the plumber",
        "Why paywalls fail",
        "Paywall: an essay",
        "Premium: how a word lost its meaning",
        "Spotify raises its prices (subscription)",
        "Wages rise (paid)",
        "A film for the summer (A+)",
        "C++ (C++)",
        "🔒 A browser mends a hole",
        "For subscribers of magazines: a guide",
        "付费 (付费)",
    ],
)
def test_a_word_in_a_title_does_not(title: str) -> None:
    assert not is_marked(title)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("isaccessibleforfree", "False", True),
        ("schema_isaccessibleforfree", "false", True),
        ("is_accessible_for_free", False, True),
        ("isaccessibleforfree", "true", False),
        ("isaccessibleforfree", "", False),
        ("x_ispaywalled", "true", True),
        ("premium", "1", True),
        ("premium", "0", False),
        ("news_access", "Subscription", True),
        ("news_access", "Registration", False),
        ("dcterms_accessrights", "Public", False),
        ("dcterms_accessrights", "Subscribers only", True),
        ("article_content_tier", "locked", True),
        ("article_content_tier", "metered", False),
        ("access_restriction", {"relationship": "deny"}, False),
        ("premium_detail", {"value": "true"}, False),
        ("accessibility", "premium", False),
        ("title", "premium", False),
    ],
)
def test_an_element_counts_by_its_name_and_value(name: str, value: object, expected: bool) -> None:
    assert is_paywalled(title="", categories=(), named=[(name, value)]) is expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (("Subscribers Only", ""), True),
        (("subscriber-only", ""), True),
        (("Premium", ""), True),
        (("Réservé aux abonnés", ""), True),
        (("PAID", "AccessClassName"), True),
        (("FREE", "AccessClassName"), False),
        (("Paid", ""), False),
        (("Paywall", ""), False),
        (("Subscription", ""), False),
        (("Premium cars", ""), False),
    ],
)
def test_a_category_counts_when_it_is_the_mark_itself(category: tuple[str, str], expected: bool) -> None:
    assert is_paywalled(title="", categories=[category], named=()) is expected


FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:schema="https://schema.example/"><channel><title>T</title>
<item><title>One</title><guid>1</guid><category domain="AccessClassName">PAID</category></item>
<item><title>Two</title><guid>2</guid><schema:isAccessibleForFree>false</schema:isAccessibleForFree></item>
<item><title>Three</title><guid>3</guid><category>World</category></item>
<item><title>[$] Four</title><guid>4</guid></item>
</channel></rss>"""


@pytest.mark.parametrize("is_fast", [True, False])
def test_both_paths_read_it(is_fast: bool) -> None:
    found = parse(FEED.encode(), is_fast=is_fast)
    assert isinstance(found, ParsedFeed)
    assert [each.is_paywalled for each in found.articles] == [True, True, False, True]


def test_a_json_feed_says_it_in_a_key_a_tag_or_an_extension() -> None:
    articles = [
        {"id": "1", "tags": ["subscribers only"]},
        {"id": "2", "_example": {"is_paywalled": True}},
        {"id": "3", "isAccessibleForFree": False},
        {"id": "4", "_example": {"is_paywalled": False}, "_other": 1},
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": articles})
    found = parse(body.encode())
    assert isinstance(found, ParsedFeed)
    assert [each.is_paywalled for each in found.articles] == [True, True, True, False]
