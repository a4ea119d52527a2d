from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Article, Output
from aggregator.outputs.articles import MAX_CONTENT, build_article, select_articles
from aggregator.outputs.atom import atom_entry, render_atom
from aggregator.outputs.entry import build_feed, spread
from tests.builders import NOW, article, at
from tests.golden.outputs_sample import SITE
from tests.unit.test_outputs_atom import assert_sound, tree

ARTICLES = (
    article("c", tags=("sport",)),
    article("b", tags=("world", "asia"), lang="ko"),
    article("copy", tags=("world",)),
    article("a", tags=("world",)),
)


@pytest.mark.parametrize(
    ("output", "ids"),
    [
        (Output(slug="o", title=""), ["c", "b", "a"]),
        (Output(slug="o", title="", tags=("asia", "sport")), ["c", "b"]),
        (Output(slug="o", title="", languages=("ko-KR",)), ["b"]),
        (Output(slug="o", title="", max_entries=2), ["c", "b"]),
        (Output(slug="o", title="", min_publishers=9), ["c", "b", "a"]),
    ],
)
def test_an_article_enters_at_once_and_each_text_once(output: Output, ids: list[str]) -> None:
    assert [each.id for each in select_articles(output, ARTICLES, copies={"copy"})] == ids


def test_an_article_says_where_it_was_copied_from() -> None:
    given_ = article("a1", content="<p>Text.</p>", text="Text.", author="A. Writer", tags=("world",), lang="de")
    entry = build_article(SITE, given_, site_url="https://one.example/")
    assert entry.id == "tag:news.example,2026:article/a1"
    assert [(link.rel, link.href) for link in entry.links] == [("alternate", "https://one.example/a1")]
    assert entry.origin is not None
    assert (entry.origin.url, entry.origin.title) == ("https://one.example/feed.xml", "One")
    assert (entry.origin.updated_at, entry.origin.site_url) == (NOW, "https://one.example/")
    assert (entry.title, entry.author, entry.lang, entry.content) == ("Title of a1", "A. Writer", "de", "<p>Text.</p>")


def test_an_edit_shows_and_moves_updated() -> None:
    before = article("a1", published_at=at(-2))
    after = replace(before, title="Edited", content="<p>Other words.</p>", text="Other words.", modified_at=at(3))
    first, second = build_article(SITE, before), build_article(SITE, after)
    assert (first.published_at, first.updated_at) == (at(-2), at(-2))
    assert (second.published_at, second.updated_at) == (at(-2), at(3))
    assert (second.id, second.title, second.content) == (first.id, "Edited", "<p>Other words.</p>")


def test_a_long_article_is_cut_to_its_first_paragraphs() -> None:
    paragraphs = [f"Paragraph {i} " + "word " * 200 for i in range(40)]
    long = article("a1", content="".join(f"<p>{p}</p>" for p in paragraphs), text="\n".join(paragraphs))
    content = build_article(SITE, long).content
    assert len(content) < MAX_CONTENT + 500
    assert content.startswith("<p>Paragraph 0 ")
    assert content.rstrip().endswith('<p><a href="https://one.example/a1">Read the article</a></p>')


def test_an_article_without_title_link_or_text_is_still_an_entry() -> None:
    bare = article("a1", title="", link="", canonical_url="", source_name="", publisher="")
    entry = build_article(SITE, bare)
    assert (entry.title, entry.links, entry.author) == ("Untitled", (), "one.example")
    assert entry.content


@given(st.text(alphabet=st.characters(), max_size=80))
def test_nothing_from_a_feed_is_ever_active(evil: str) -> None:
    hostile: Article = article(
        "a1", title=evil, content=f"{evil}<script>x</script>", text=evil, author=evil, source_name=evil, tags=(evil,),
        link=evil, lang=evil,
    )  # fmt: skip
    entry = build_article(SITE, hostile, site_url=evil)
    assert "<script" not in entry.content
    assert atom_entry(entry) == atom_entry(build_article(SITE, hostile, site_url=evil))


def test_the_feed_is_sound_and_no_two_entries_share_a_time() -> None:
    entries = spread(build_article(SITE, each) for each in ARTICLES)
    feed = build_feed(SITE, SITE.outputs[0], entries, kind="articles", title="articles")
    assert_sound(tree(render_atom(feed)))
    assert len({entry.updated_at for entry in feed.entries}) == len(ARTICLES)
