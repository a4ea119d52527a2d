import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import parse_config
from aggregator.config.edit import add_sources, is_short_form, remove_source, rename_source
from aggregator.config.starter import starter_text
from aggregator.errors import SourceError
from aggregator.model import Source
from tests.builders import source

SHIPPED = (starter_text(), (Path(__file__).parents[2] / "feeds.toml").read_text("utf-8"))
NEW = Source(url="https://new.example/feed", name='Neu "x" \\ ü', publisher="new.example", lang="de", tags=("a", "b"))

TABLES = """\
# One file.
[settings]
title = "T" # why not


# about A
# and more
[[feeds]]
url = "https://a.example/" # A
name = "A"
# keep = ['title ~ "x"']

# ---- group B

[[feeds]]
url = "https://b.example/"
# about C
[[feeds]]
url   =  'https://c.example/'


# ---- Outputs

[[outputs]]
slug = "top"
"""
LIST = """\
feeds = [ # all of them
  "https://a.example/", # A
  # about B
  {url = "https://b.example/", name = "B"},
  "https://c.example/"  # C
] # end
# the rest
[settings]
title = "T"
"""


def urls(text: str) -> list[str]:
    return [feed if isinstance(feed, str) else feed["url"] for feed in tomllib.loads(text).get("feeds", [])]


def lines(text: str) -> list[str]:
    """Give the lines that say something."""
    return [line for line in text.splitlines() if line.strip()]


# ---------------------------------------------------------------- tables


def test_a_new_table_stands_after_the_last_one_and_before_the_next_headline() -> None:
    changed = add_sources(TABLES, [NEW, Source(url="https://other.example/")])
    new = """
[[feeds]]
url = "https://new.example/feed"
name = "Neu \\"x\\" \\\\ ü"
publisher = "new.example"
lang = "de"
tags = ["a", "b"]

[[feeds]]
url = "https://other.example/"
"""
    assert changed == TABLES.replace("'https://c.example/'\n", "'https://c.example/'\n" + new)
    assert parse_config(changed, path=Path("f")).sources[3] == NEW


def test_removal_takes_a_table_and_the_comments_right_above_it() -> None:
    a, b, c = (remove_source(TABLES, f"https://{name}.example/") for name in "abc")
    block_a = (
        '# about A\n# and more\n[[feeds]]\nurl = "https://a.example/" # A\nname = "A"\n# keep = [\'title ~ "x"\']\n'
    )
    assert a == TABLES.replace(block_a + "\n", "")
    assert b == TABLES.replace('[[feeds]]\nurl = "https://b.example/"\n', "")
    assert c == TABLES.replace("# about C\n[[feeds]]\nurl   =  'https://c.example/'\n", "")


def test_another_address_changes_one_line() -> None:
    changed = rename_source(TABLES, "https://a.example/", "https://z.example/?ü=1")
    assert changed == TABLES.replace('"https://a.example/" # A', '"https://z.example/?ü=1" # A')
    changed = rename_source(TABLES, "https://c.example/", "https://z.example/")
    assert [x for x, y in zip(TABLES.splitlines(), changed.splitlines(), strict=True) if x != y] == [
        "url   =  'https://c.example/'"
    ]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", '[[feeds]]\nurl = "https://x.example/"\n'),
        ("# only words", '# only words\n\n[[feeds]]\nurl = "https://x.example/"\n'),
        ('[settings]\ntitle = "T"\n\n', '[settings]\ntitle = "T"\n\n[[feeds]]\nurl = "https://x.example/"\n'),
        (
            '[[feeds]]\nurl = "https://a.example/"\n[[outputs]]\nslug = "o"',
            '[[feeds]]\nurl = "https://a.example/"\n\n[[feeds]]\nurl = "https://x.example/"\n\n[[outputs]]\nslug = "o"',
        ),
        (
            '[[feeds]]\r\nurl = "https://a.example/"\r\n',
            '[[feeds]]\r\nurl = "https://a.example/"\r\n\r\n[[feeds]]\r\nurl = "https://x.example/"\r\n',
        ),
        ("feeds = []", 'feeds = ["https://x.example/"]'),
        ("feeds = [\n] # none\n", 'feeds = [\n    "https://x.example/"\n] # none\n'),
    ],
)
def test_where_nothing_stands_yet(text: str, changed: str) -> None:
    assert add_sources(text, [source("https://x.example/")]) == changed


def test_tables_of_sources_and_outputs_may_be_mixed() -> None:
    text = '[[feeds]]\nurl = "https://a.example/"\n\n[[outputs]]\nslug = "o"\n\n[[feeds]]\nurl = "https://b.example/"\n'
    assert urls(add_sources(text, [NEW])) == ["https://a.example/", "https://b.example/", NEW.url]
    assert remove_source(text, "https://a.example/") == text.split("\n\n", 1)[1]


# ---------------------------------------------------------------- the list


def test_the_list_keeps_its_comments() -> None:
    assert is_short_form(LIST)
    assert not is_short_form(TABLES)
    changed = add_sources(LIST, [Source(url="https://x.example/"), Source(url="https://y.example/", tags=("t",))])
    assert urls(changed) == [*urls(LIST), "https://x.example/", "https://y.example/"]
    for comment in ("# all of them", "# A", "# about B", "# C", "# end", "# the rest"):
        assert comment in changed
    assert changed.endswith('] # end\n# the rest\n[settings]\ntitle = "T"\n')
    assert remove_source(LIST, "https://a.example/") == LIST.replace('  "https://a.example/", # A\n', "")
    renamed = rename_source(LIST, "https://b.example/", "https://z.example/")
    assert renamed == LIST.replace("b.example", "z.example")
    assert rename_source(LIST, "https://a.example/", "https://z.example/") == LIST.replace("a.example", "z.example")


def test_many_in_an_empty_list_stand_one_a_line() -> None:
    changed = add_sources("feeds = []\n", [Source(url=f"https://{n}.example/") for n in range(3)])
    assert len(changed.splitlines()) == 5


# ---------------------------------------------------------------- what cannot be done


@pytest.mark.parametrize("text", ["", TABLES, LIST, "feeds = []"])
def test_an_unknown_source_is_said(text: str) -> None:
    for change in (lambda: remove_source(text, "https://x.example/"), lambda: rename_source(text, "x", "y")):
        with pytest.raises(SourceError, match="no source has the address"):
            change()


def test_a_layout_that_cannot_be_told_apart_is_left_alone() -> None:
    # The last line of a text that looks like a comment: where the table ends cannot be seen from its lines.
    text = "[[feeds]]\nurl = 'https://a.example/'\nname = '''\n# x'''\n[[feeds]]\nurl = 'https://b.example/'\n"
    with pytest.raises(SourceError, match="by hand"):
        remove_source(text, "https://b.example/")


# ---------------------------------------------------------------- properties

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8)
COMMENTS = WORDS.map(lambda words: f"# {words}")
GAPS = st.lists(st.just("") | COMMENTS, max_size=3).map("\n".join)
QUOTED = WORDS.map(lambda words: '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"')


@st.composite
def files(draw: st.DrawFn) -> tuple[str, int]:
    """Give a file with comments and gaps anywhere, and how many sources are in it."""
    n = draw(st.integers(0, 4))
    parts = [draw(GAPS), "[settings]", f"title = {draw(QUOTED)} {draw(COMMENTS)}", draw(GAPS)]
    for i in range(n):
        key = f'url = "https://{i}.example/"'
        parts += ["[[feeds]]", *draw(st.permutations([key, f"name = {draw(QUOTED)} {draw(COMMENTS)}"])), draw(GAPS)]
        if draw(st.booleans()):
            parts += ["[[outputs]]", f'slug = "o{i}"', draw(GAPS)]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join("\n".join(parts).split("\n")) + draw(st.sampled_from(["", end])), n


@given(files())
def test_adding_changes_no_line_and_can_be_undone(file: tuple[str, int]) -> None:
    text, _ = file
    added = add_sources(text, [NEW])
    assert urls(added) == [*urls(text), NEW.url]
    before, after = lines(text), lines(added)
    at = after.index('url = "https://new.example/feed"') - 1
    assert after[:at] + after[at + 6 :] == before
    assert lines(remove_source(added, NEW.url)) == before


@given(files(), st.data())
def test_removing_and_renaming_touch_one_source_only(file: tuple[str, int], data: st.DataObject) -> None:
    text, n = file
    if not n:
        return
    i = data.draw(st.integers(0, n - 1))
    url = f"https://{i}.example/"
    removed = remove_source(text, url)
    assert urls(removed) == [each for each in urls(text) if each != url]
    before, after = lines(text), lines(removed)
    n_gone = len(before) - len(after)
    # One run of lines is gone: the table and comments.
    at = next(at for at in range(len(before)) if before[:at] + before[at + n_gone :] == after)
    gone = before[at : at + n_gone]
    told = [line for line in gone if not line.startswith("#")]
    assert sorted(line.split(" ")[0] for line in told) == ["[[feeds]]", "name", "url"]
    renamed = rename_source(text, url, "https://z.example/")
    assert renamed == text.replace(f'url = "{url}"', 'url = "https://z.example/"')


@pytest.mark.parametrize("text", SHIPPED)
def test_the_shipped_files_can_be_edited(text: str) -> None:
    added = add_sources(text, [NEW])
    assert remove_source(added, NEW.url) == text
    assert [line for line in added.splitlines() if line not in text.splitlines()] == [
        'url = "https://new.example/feed"',
        'name = "Neu \\"x\\" \\\\ ü"',
        'publisher = "new.example"',
        *([] if 'lang = "de"' in text else ['lang = "de"']),
        'tags = ["a", "b"]',
    ]
    for url in urls(text):
        assert set(lines(remove_source(text, url))) <= set(lines(text))
        assert url not in urls(remove_source(text, url))
