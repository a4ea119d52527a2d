import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import EPOCH, Article, Clustering, LiveStory
from aggregator.stories.cluster import WINDOW, Clusterer, mint_story_id
from tests.builders import NOW, article, at, live_story

CROCKFORD = set("0123456789abcdefghjkmnpqrstvwxyz")


def report(id_: str, title: str, body: str = "", *, hours: float = 0.0, lang: str = "en", **fields: object) -> Article:
    """Give a report of a publisher of its own."""
    moment = at(hours)
    given: dict[str, object] = {
        "title": title,
        "text": body,
        "lang": lang,
        "publisher": f"{id_}.example",
        "source_name": id_.upper(),
        "canonical_url": f"https://{id_}.example/{id_}",
        "published_at": moment,
        "first_seen_at": moment,
        **fields,
    }
    return article(id_, **given)


FERRY = (
    report(
        "f1",
        "Ferry with 180 aboard runs aground off Tarbet island",
        "The ferry Lady Morag ran aground off Tarbet island early on Monday with 180 aboard, the coastguard said.",
    ),
    report(
        "f2",
        "Passengers rescued after Lady Morag ferry hits rocks near Tarbet",
        "Lifeboats took passengers off the Lady Morag after the ferry struck rocks near Tarbet in thick fog.",
        hours=1,
    ),
    report(
        "f3",
        "Coastguard: all 180 safe as ferry grounds on Tarbet rocks",
        "All 180 passengers and crew of the ferry that grounded at Tarbet are safe, the coastguard said on Monday.",
        hours=2,
    ),
    report("f4", "Lady Morag ferry aground at Tarbet: what we know", hours=3),
    report(
        "f5",
        "Fog blamed as island ferry Lady Morag runs aground",
        "Investigators will ask why the Lady Morag sailed into fog before it ran aground at Tarbet with 180 aboard.",
        hours=5,
    ),
    report(
        "f6",
        "Tarbet ferry operator halts sailings after grounding",
        "The operator of the Lady Morag halted all sailings to Tarbet after the ferry ran aground on Monday.",
        hours=6,
    ),
)

NORWAY = (
    report(
        "n1",
        "Norway raises fuel tax from January",
        "Norway will raise its tax on petrol and diesel from January, the finance ministry in Oslo said on Monday.",
    ),
    report(
        "n2",
        "Avalanche closes mountain road in Norway",
        "An avalanche has closed the E10 road in northern Norway; nobody was hurt, police said on Monday.",
        hours=1,
    ),
    report(
        "n3",
        "Norway's handball women reach final",
        "Norway beat Denmark 28-25 on Monday to reach the final of the European handball championship.",
        hours=1,
    ),
    report(
        "n4",
        "Norwegian fund sells coal shares",
        "The sovereign wealth fund of Norway has sold its shares in six coal companies, it said on Monday.",
        hours=2,
    ),
    report(
        "n5",
        "Whale strands on beach in Norway",
        "A sperm whale stranded on a beach near Bergen in Norway and died on Monday, marine researchers said.",
        hours=2,
    ),
)


def stories_of(clustering: Clustering) -> dict[str, str]:
    return {each.article_id: each.story_id for each in clustering.memberships}


def groups_of(clustering: Clustering) -> set[frozenset[str]]:
    stories = stories_of(clustering)
    return {frozenset(a for a, s in stories.items() if s == story) for story in stories.values()}


def test_six_reports_of_one_event_are_one_story() -> None:
    assert groups_of(Clusterer().place([*FERRY, *NORWAY])) >= {frozenset(f"f{i}" for i in range(1, 7))}


def test_six_reports_join_when_they_come_one_by_one() -> None:
    clusterer = Clusterer()
    clusterer.place(NORWAY)
    stories = {}
    for each in FERRY:
        stories |= stories_of(clusterer.place([each]))
    assert len(set(stories.values())) == 1


@pytest.mark.parametrize("size", [1, 5])
def test_five_reports_of_one_country_on_one_day_are_five_stories(size: int) -> None:
    clusterer = Clusterer()
    stories = {}
    for i in range(0, len(NORWAY), size):
        stories |= stories_of(clusterer.place(NORWAY[i : i + size]))
    assert len(set(stories.values())) == 5


def test_day_2_and_day_21_are_kept_apart() -> None:
    body = "Paper Lantern has taken {} million by the end of day {}, according to trade figures."
    placed = Clusterer().place(
        [
            report("a", "Paper Lantern box office day 2: film at 4 million", body.format(4, 2)),
            report("b", "Paper Lantern box office day 21: film at 61 million", body.format(61, 21), hours=2),
        ]
    )
    assert len(groups_of(placed)) == 2
    assert not any(each.copy_of for each in placed.memberships)


def test_quakes_of_two_places_are_two_stories() -> None:
    body = "A magnitude {} earthquake struck near {} on Monday, the survey said. No damage was reported."
    placed = Clusterer().place(
        [
            report("a", "Magnitude 6.1 earthquake strikes near Valdivia, Chile", body.format("6.1", "Valdivia")),
            report("b", "Magnitude 5.2 earthquake strikes near Kaikoura, New Zealand", body.format("5.2", "Kaikoura")),
        ]
    )
    assert len(groups_of(placed)) == 2


@pytest.mark.parametrize(
    ("lang", "event", "other"),
    [
        (
            "ko",
            (
                ("서울 지하철 2호선 신호 고장으로 멈춰", "12일 아침 서울 지하철 2호선이 신호 고장으로 한 시간 멈췄다."),
                (
                    "지하철 2호선 신호 고장, 출근길 혼란",
                    "서울 지하철 2호선 열차가 신호 고장으로 멈춰 시민들이 불편을 겪었다.",
                ),
            ),
            ("부산 앞바다에서 어선 침몰", "부산 앞바다에서 어선이 침몰해 선원 3명이 구조됐다."),
        ),
        (
            "ja",
            (
                ("北海道の新幹線が停電で運転見合わせ", "12日朝、北海道新幹線が停電のため運転を見合わせた。"),
                ("停電で北海道新幹線ストップ 乗客300人", "北海道新幹線は停電で止まり、乗客300人が車内で待った。"),
            ),
            ("大阪の博物館で恐竜展が開幕", "大阪市の博物館で恐竜の化石を集めた展覧会が始まった。"),
        ),
        (
            "ar",
            (
                (
                    "انهيار جسر في مدينة أسوان بعد أمطار غزيرة",
                    "انهار جسر في أسوان صباح الاثنين بعد أمطار غزيرة دون ضحايا.",
                ),
                ("الأمطار الغزيرة تتسبب في انهيار جسر أسوان", "قال مسؤولون إن جسر أسوان انهار بسبب الأمطار الغزيرة."),
            ),
            ("افتتاح معرض الكتاب في الدوحة", "افتتح معرض الكتاب الدولي في الدوحة بمشاركة ناشرين."),
        ),
    ],
)
def test_each_script_clusters(lang: str, event: tuple[tuple[str, str], ...], other: tuple[str, str]) -> None:
    reports = [report(f"e{i}", title, body, lang=lang, hours=i) for i, (title, body) in enumerate(event)]
    placed = Clusterer().place([*reports, report("o", *other, lang=lang), *NORWAY])
    assert frozenset({"e0", "e1"}) in groups_of(placed)
    assert frozenset({"o"}) in groups_of(placed)


@settings(max_examples=25, deadline=None)
@given(st.permutations([*FERRY, *NORWAY]))
def test_order_within_a_batch_does_not_matter(batch: list[Article]) -> None:
    assert Clusterer().place(batch) == Clusterer().place([*FERRY, *NORWAY])


EVENTS = (
    ("ferry", "Tarbet", "aground", "rocks", "lifeboat"),
    ("bakery", "Lomond", "strike", "bread", "union"),
    ("bridge", "Kinross", "collapse", "lorry", "river"),
    ("budget", "Verrin", "deficit", "minister", "tax"),
    ("museum", "Ostrava", "theft", "painting", "police"),
)
WORDS = ("after", "new", "plan", "report", "crowd", "night", "town", "officials", "people", "inquiry", "rain", "shop")


def stream(seed: int, n: int) -> list[Article]:
    """Make reports of five events over eight days, some of them copies."""
    chance = random.Random(seed)
    made: list[Article] = []
    for i in range(n):
        event = chance.choice(EVENTS)
        words = [*chance.sample(event, 3), *chance.sample(WORDS, 3), str(chance.randint(1, 30))]
        chance.shuffle(words)
        body = " ".join([*chance.sample(event, 4), *chance.sample(WORDS, 8)])
        if made and chance.random() < 0.2:
            original = chance.choice(made)
            words, body = original.title.split(), original.text
        made.append(report(f"r{i}", " ".join(words), body, hours=i * 192 / n))
    return made


def live_of(articles: dict[str, Article], stories: dict[str, str], batch_of: dict[str, int]) -> list[LiveStory]:
    """Give what a store would: stories with an article in the window, minted in the batch of their first article."""
    members: dict[str, list[Article]] = {}
    for id_, story_id in stories.items():
        members.setdefault(story_id, []).append(articles[id_])
    horizon = max(each.at for each in articles.values()) - WINDOW
    return [
        LiveStory(id=id_, minted_at=NOW + timedelta(minutes=batch_of[id_]), articles=tuple(held))
        for id_, held in members.items()
        if max(each.at for each in held) >= horizon
    ]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9))
def test_a_rebuilt_clusterer_decides_as_one_that_lived_on(seed: int, size: int) -> None:
    made = stream(seed, 36)
    lived = Clusterer()
    articles: dict[str, Article] = {}
    stories: dict[str, str] = {}
    batch_of: dict[str, int] = {}
    for n, i in enumerate(range(0, len(made), size)):
        batch = made[i : i + size]
        rebuilt = Clusterer(live_of(articles, stories, batch_of)) if articles else Clusterer()
        placed = lived.place(batch)
        assert rebuilt.place(batch) == placed
        articles |= {each.id: each for each in batch}
        stories |= stories_of(placed)
        retired = {merge.retired_id: merge.story_id for merge in placed.merges}
        stories = {id_: retired.get(story_id, story_id) for id_, story_id in stories.items()}
        for story_id in stories.values():
            batch_of.setdefault(story_id, n)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_placement_names_every_new_article_once_and_only_living_stories(seed: int) -> None:
    made = stream(seed, 30)
    clusterer = Clusterer()
    first = clusterer.place(made[:20])
    second = clusterer.place(made)
    assert sorted(stories_of(first)) == sorted(each.id for each in made[:20])
    moved = {m.article_id for m in second.memberships if m.article_id in stories_of(first)}
    rules = {m.rule for m in second.memberships if m.article_id in moved}
    assert rules <= {"parted", "same text"}, "a copy leaves with its origin"
    assert sorted(stories_of(second).keys() - moved) == sorted(each.id for each in made[20:])
    assert len({m.article_id for m in first.memberships}) == 20
    retired = {merge.retired_id for merge in second.merges}
    assert not retired & set(stories_of(second).values())
    assert not first.merges, "a story that was never saved leaves no redirect"
    for placed in (first, second):
        for each in placed.memberships:
            assert 0.0 <= each.probability <= 1.0
            assert each.rule
            assert each.reason
            assert each.model


def test_the_same_text_elsewhere_is_a_copy_of_the_earliest() -> None:
    again = report("f9", FERRY[0].title, FERRY[0].text + " More follows.", hours=4)
    earlier = report("f0", "UPDATE " + FERRY[0].title, FERRY[0].text, hours=-1)
    by_id = {each.article_id: each for each in Clusterer().place([*FERRY, again, earlier, *NORWAY]).memberships}
    assert by_id["f9"].copy_of == "f0"
    assert by_id["f1"].copy_of == "f0"
    assert by_id["f0"].copy_of == ""
    assert by_id["f2"].copy_of == ""
    assert by_id["f9"].rule == "same text"
    assert len({by_id[id_].story_id for id_ in ("f0", "f1", "f9")}) == 1


def test_what_was_placed_before_stays_the_origin() -> None:
    clusterer = Clusterer([live_story("old", FERRY[0])])
    earlier = report("f0", FERRY[0].title, FERRY[0].text, hours=-1)
    [placed] = clusterer.place([earlier]).memberships
    assert (placed.story_id, placed.copy_of) == ("old", "f1")


def test_one_address_is_one_story() -> None:
    link = "https://wire.example/tarbet-ferry"
    clusterer = Clusterer([live_story("old", report("a", "Ferry aground off Tarbet", canonical_url=link))])
    [placed] = clusterer.place([report("b", "Tarbet ferry refloated", canonical_url=link, hours=9)]).memberships
    assert (placed.story_id, placed.rule) == ("old", "same address")


def test_a_feed_that_links_only_its_front_page_is_not_one_story() -> None:
    batch = [article(each.id, title=each.title, text=each.text, canonical_url="https://x.example/") for each in NORWAY]
    assert len(groups_of(Clusterer().place(batch))) == 5


def test_the_reason_is_readable() -> None:
    placed = Clusterer([live_story("old", FERRY[0])]).place(FERRY[1:2]).memberships[0]
    assert placed.story_id == "old"
    assert placed.rule == "similar"
    assert "Tarbet" in placed.reason
    assert "title similarity" in placed.reason
    assert "1 h apart" in placed.reason


def test_articles_far_apart_in_time_do_not_join() -> None:
    late = report("late", FERRY[1].title, FERRY[1].text, hours=24 * 6)
    assert Clusterer([live_story("old", FERRY[0])]).place([late]).memberships[0].rule == "new story"


def test_articles_without_a_time_join_by_their_words() -> None:
    batch = [
        article(each.id, title=each.title, text=each.text, published_at=None, first_seen_at=EPOCH)
        for each in (*FERRY, *NORWAY)
    ]
    assert frozenset(each.id for each in FERRY) in groups_of(Clusterer().place(batch))


def test_live_articles_are_not_placed_again() -> None:
    clusterer = Clusterer([live_story("old", *FERRY)])
    assert clusterer.place(FERRY) == Clustering()
    assert clusterer.place([]) == Clustering()


@given(st.text(max_size=30), st.sets(st.text(min_size=10, max_size=10)))
def test_story_ids(article_id: str, taken: set[str]) -> None:
    first = mint_story_id(article_id, taken)
    assert len(first) == 10
    assert set(first) <= CROCKFORD
    assert first == mint_story_id(article_id, taken)
    second = mint_story_id(article_id, taken | {first})
    assert second not in {first, *taken}


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=60)), max_size=6))
def test_any_text_can_be_placed(texts: list[tuple[str, str]]) -> None:
    batch = [report(f"x{i}", title, body, lang="und") for i, (title, body) in enumerate(texts)]
    assert len(Clusterer().place(batch).memberships) == len(batch)


@pytest.mark.parametrize(("n_members", "is_apart"), [(4, False), (60, True)])
def test_a_large_story_does_not_collect_what_shares_an_odd_word_with_one_member(n_members: int, is_apart: bool) -> None:
    crowd = [
        report(f"m{n}", f"Ferry stranded off Tarbet on voyage {n}", "Gulls keep watch.") for n in range(1, n_members)
    ]
    odd = report("m0", "Ferry stranded off Tarbet again", "Quorvex 400 keep Zelmund.")
    passing = report(
        "p",
        "Parliament passes coral act",
        "Quorvex 400 keep reefs safe, deputies of both chambers vowed after a long debate.",
        hours=1,
    )
    clusterer = Clusterer(decide=lambda evidence: 0.95 if evidence.title > 0 else 0.8)
    placed = stories_of(clusterer.place([odd, *crowd])) | stories_of(clusterer.place([passing]))
    assert len({placed[each.id] for each in (odd, *crowd)}) == 1
    assert (placed["p"] != placed["m0"]) is is_apart
