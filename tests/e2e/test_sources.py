"""Sources come in and go out by commands: feeds.toml keeps its comments, and nothing is written that has mistakes."""

import contextlib
import io
import json
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.cli import EXIT_CONFIG, EXIT_DONE, EXIT_FAILED, main
from tests.e2e.conftest import DAY_ONE, Done, Workplace
from tests.loopback.feed_server import Answer, FeedServer, rss

DATE = "Mon, 12 Jan 2026 08:00:00 GMT"
NEWS = ("n1", "Harbour opens", "The harbour of Lunden opened on Monday. It has 12 berths.", DATE)
LATER = ("n2", "Bridge closes", "The old bridge of Lunden closed.", "Tue, 13 Jan 2026 08:00:00 GMT")
HOUR = 3600
HTML = {"Content-Type": "text/html; charset=utf-8"}

COMMENTED = """\
# Feeds of the harbour office.
[settings]
allow_hosts = ["127.0.0.1"]   # the test server

# Keep this one first.
[[feeds]]
url = "https://one.example/feed"   # the old one
name = "One"

# ---- Outputs

[[outputs]]
slug = "top"
"""


class Desk(Workplace):
    """A workplace whose commands run in the process of the test: the same code, without half a second of starting."""

    def run(self, *args: str, now: int = DAY_ONE, timeout: float = 120, stdin: str = "") -> Done:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
        handlers, level = logging.root.handlers[:], logging.root.level
        stdin_before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
        environ_before = dict(os.environ)
        os.environ |= {"AGGREGATOR_NOW": str(now)}
        try:
            with contextlib.chdir(self.path), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main(args)
        finally:
            os.environ.clear()
            os.environ |= environ_before
            sys.stdin = stdin_before
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
        out.flush()
        return Done(code, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]


def config_of(workplace: Workplace) -> str:
    return (workplace.path / "feeds.toml").read_text()


def page(*links: str, anchors: str = "") -> Answer:
    written = "".join(f'<link rel="alternate" {link}>' for link in links)
    return Answer(f"<!doctype html><html><head>{written}</head><body>{anchors}</body></html>".encode(), headers=HTML)


def link(href: str, kind: str = "application/rss+xml") -> str:
    return f'type="{kind}" href="{href}"'


@pytest.fixture
def workplace(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def commented(workplace: Desk) -> Desk:
    (workplace.path / "feeds.toml").write_text(COMMENTED)
    return workplace


# ---------------------------------------------------------------- add


def test_a_feed_is_added_where_sources_stand_and_every_line_stays(tmp_path: Path, server: FeedServer) -> None:
    commented = Workplace(tmp_path)  # in processes of its own, as a person runs it
    (tmp_path / "feeds.toml").write_text(COMMENTED)
    server.answers["/f"] = Answer(rss(NEWS, LATER, title="Harbour News"))
    done = commented.run("add", f"{server.base}/f", "--tag", "world", "--lang", "en")
    assert done.code == EXIT_DONE, done.err
    assert done.out.index("Bridge closes") < done.out.index("Harbour opens")  # newest first
    new = f'\n[[feeds]]\nurl = "{server.base}/f"\nname = "Harbour News"\nlang = "en"\ntags = ["world"]\n'
    assert config_of(commented) == COMMENTED.replace('name = "One"\n', 'name = "One"\n' + new)
    assert commented.run("check").code == EXIT_DONE
    assert commented.run("remove", f"{server.base}/f").code == EXIT_DONE
    assert config_of(commented) == COMMENTED


def test_a_page_names_its_feeds(commented: Desk, server: FeedServer) -> None:
    server.answers |= {
        "/": page(link("/comments/feed"), link("news.xml"), link("gone.xml"), link("sport.xml")),
        "/news.xml": Answer(rss(NEWS, title="News")),
        "/sport.xml": Answer(rss(LATER, title="Sport")),
        "/comments/feed": Answer(rss(title="Comments")),
    }
    done = commented.run("add", server.base, "--json")
    found = json.loads(done.out)
    assert [each["title"] for each in found["found"]] == ["News", "Sport", "Comments"]
    assert found["found"][0]["newest"] == ["Harbour opens"]
    assert found["added"]["url"] == f"{server.base}/news.xml"
    assert "/feed" not in [path for path, _ in server.log]  # well-known addresses are tried only if nothing is named
    # What the site itself names is not added a second time in another form, unless it is asked for.
    done = commented.run("add", server.base)
    assert done.code == EXIT_FAILED
    assert "already a source" in done.err
    assert "--pick" in done.err
    assert commented.run("add", server.base, "--pick", "2").code == EXIT_DONE
    assert f'url = "{server.base}/sport.xml"' in config_of(commented)
    assert commented.run("add", server.base, "--pick", "9").code == EXIT_FAILED


def test_well_known_addresses_are_tried_and_the_first_group_is_enough(commented: Desk, server: FeedServer) -> None:
    server.answers |= {"/blog/today": page(), "/feed": Answer(rss(NEWS)), "/atom.xml": Answer(rss(LATER))}
    done = commented.run("add", f"{server.base}/blog/today")
    assert done.code == EXIT_DONE, done.err
    assert "well-known" in done.out
    assert f'url = "{server.base}/feed"' in config_of(commented)
    assert "/atom.xml" not in [path for path, _ in server.log]


def test_links_of_a_page_come_last(commented: Desk, server: FeedServer) -> None:
    server.answers |= {"/": page(anchors='<a href="/x/latest.rss">RSS</a>'), "/x/latest.rss": Answer(rss(NEWS))}
    assert commented.run("add", server.base + "/").code == EXIT_DONE
    assert "/x/latest.rss" in config_of(commented)


def test_a_site_without_a_feed_is_said_and_nothing_is_written(commented: Desk, server: FeedServer) -> None:
    server.answers["/"] = page()
    done = commented.run("add", server.base)
    assert done.code == EXIT_FAILED
    assert "leads to no feed" in done.err
    assert config_of(commented) == COMMENTED
    assert len(server.log) < 15


def test_a_server_that_asks_for_patience_is_asked_no_more(commented: Desk, server: FeedServer) -> None:
    server.answers |= {"/": page(), "/feed": Answer(status=429)}
    done = commented.run("add", server.base)
    assert done.code == EXIT_FAILED
    assert "429" in done.err
    assert [path for path, _ in server.log] == ["/", "/feed"]


@pytest.mark.parametrize(
    "url", ["https://one.example/feed", "http://one.example/feed/", "https://www.one.example/feed", "one.example/feed"]
)
def test_twins_are_refused_without_asking(commented: Desk, url: str) -> None:
    done = commented.run("add", url)
    assert done.code == EXIT_FAILED
    assert "already a source" in done.err
    assert config_of(commented) == COMMENTED


def test_a_permanent_redirect_is_followed_into_the_file(commented: Desk, server: FeedServer) -> None:
    server.answers |= {
        "/old": Answer(status=301, headers={"Location": f"{server.base}/new"}),
        "/for-now": Answer(status=302, headers={"Location": f"{server.base}/other"}),
        "/new": Answer(rss(NEWS)),
        "/other": Answer(rss(LATER)),
    }
    commented.run("add", f"{server.base}/old")
    commented.run("add", f"{server.base}/for-now")
    assert f'url = "{server.base}/new"' in config_of(commented)
    assert f'url = "{server.base}/other"' not in config_of(commented)


def test_the_short_form_stays_short(workplace: Desk, server: FeedServer) -> None:
    server.answers |= {"/a": Answer(rss(NEWS)), "/b": Answer(rss(LATER))}
    text = 'feeds = [\n  "https://one.example/feed", # one\n]\n\n[settings]\nallow_hosts = ["127.0.0.1"]\n'
    (workplace.path / "feeds.toml").write_text(text)
    assert workplace.run("add", f"{server.base}/a").code == EXIT_DONE
    assert workplace.run("add", f"{server.base}/b", "--tag", "world").code == EXIT_DONE
    new = f'  "{server.base}/a",\n  {{url = "{server.base}/b", tags = ["world"]}},\n]'
    assert config_of(workplace) == text.replace("]\n\n", f"{new}\n\n", 1)
    assert workplace.run("check").code == EXIT_DONE


def test_bad_options_are_said_and_nothing_is_fetched(commented: Desk, server: FeedServer) -> None:
    server.answers["/f"] = Answer(rss(NEWS))
    for option, value in (("--lang", "german!"), ("--tag", "a/b"), ("--name", "a\nb")):
        done = commented.run("add", f"{server.base}/f", option, value)
        assert done.code == EXIT_FAILED
        assert option in done.err
    assert server.log == []


def test_a_missing_or_broken_feeds_toml_is_left_alone(workplace: Desk) -> None:
    for command in (["add", "https://one.example/"], ["remove", "https://one.example/"], ["export", "opml"]):
        done = workplace.run(*command)
        assert done.code == EXIT_CONFIG
        assert "aggregator init" in done.err
    assert not (workplace.path / "feeds.toml").exists()
    (workplace.path / "feeds.toml").write_text("feeds = [\n")
    assert workplace.run("add", "https://one.example/").code == EXIT_CONFIG
    assert config_of(workplace) == "feeds = [\n"


def test_a_link_and_the_rights_of_the_file_stay(commented: Desk, server: FeedServer) -> None:
    server.answers["/f"] = Answer(rss(NEWS))
    real = commented.path / "real.toml"
    (commented.path / "feeds.toml").rename(real)
    real.chmod(0o640)
    (commented.path / "feeds.toml").symlink_to("real.toml")
    assert commented.run("add", f"{server.base}/f").code == EXIT_DONE
    assert (commented.path / "feeds.toml").is_symlink()
    assert server.base in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in commented.path.iterdir()) == ["feeds.toml", "real.toml"]


def answer_on_a_terminal(workplace: Desk, answer: str, *args: str) -> tuple[int, str]:
    """Run a command with a terminal as stdin and stdout; give its exit code and what it showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        workplace.command(*args),
        cwd=workplace.path,
        env=workplace.environ(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # how Linux says that the other side of a terminal is closed
            pass
        code = process.wait()
    os.close(ours)
    return code, shown.decode()


def test_a_person_is_asked_which(commented: Desk, server: FeedServer) -> None:
    server.answers |= {
        "/": page(link("a.xml"), link("b.xml")),
        "/a.xml": Answer(rss(NEWS, title="A")),
        "/b.xml": Answer(rss(LATER, title="B")),
    }
    code, shown = answer_on_a_terminal(commented, "7\n2\n", "add", server.base)
    assert code == EXIT_DONE, shown
    assert "between 1 and 2" in shown
    assert "/b.xml" in config_of(commented)
    before = config_of(commented)
    code, shown = answer_on_a_terminal(commented, "q\n", "add", server.base)
    assert code == EXIT_DONE
    assert "nothing was added" in shown
    assert config_of(commented) == before


def test_hostile_titles_cannot_steer_a_terminal_or_the_file(commented: Desk, server: FeedServer) -> None:
    title = 'A&#x9b;31m "]\n[[feeds]] url = &quot;x&quot; \\'
    server.answers["/f"] = Answer(rss(NEWS, title=title))
    done = commented.run("add", f"{server.base}/f")
    assert done.code == EXIT_DONE, done.err
    assert "\x9b" not in done.out
    assert len(json.loads(commented.run("check", "--json").out)["sources"]) == 2


# ---------------------------------------------------------------- remove


def test_removal_takes_the_comments_of_the_table_along(commented: Desk) -> None:
    done = commented.run("remove", "https://one.example:443/feed")
    assert done.code == EXIT_DONE, done.err
    assert "stay" in done.out
    assert config_of(commented) == COMMENTED.replace(
        '# Keep this one first.\n[[feeds]]\nurl = "https://one.example/feed"   # the old one\nname = "One"\n\n', ""
    )


@pytest.mark.parametrize("asked", ["http://one.example/feed/", "https://one.example/fee", "One"])
def test_an_unknown_source_is_guessed(commented: Desk, asked: str) -> None:
    done = commented.run("remove", asked)
    assert done.code == EXIT_FAILED
    assert "did you mean https://one.example/feed?" in done.err
    assert config_of(commented) == COMMENTED


# ---------------------------------------------------------------- import, export

OPML = """<opml version="1.1"><body>
<outline text="World"><outline text="Two" xmlUrl="https://two.example/rss" type="rss"/>
  <outline text="Again" xmlUrl="http://www.one.example/feed/"/></outline>
<outline text="Mail" type="rss" xmlUrl="mailto:a@b.example"/>
<outline text="Three & more" xmlurl="https://three.example/?a=1&b=2"/>
</body></opml>"""


def test_import_adds_what_is_not_there_and_reports_the_rest(commented: Desk) -> None:
    (commented.path / "list.opml").write_text(OPML)
    done = commented.run("import", "list.opml", "--dry-run")
    assert done.code == EXIT_DONE, done.err
    assert done.out.endswith("list.opml: 2 would be added, 1 already there, 1 skipped\n")
    assert config_of(commented) == COMMENTED
    report = json.loads(commented.run("import", "list.opml", "--json").out)
    assert [each["url"] for each in report["added"]] == ["https://two.example/rss", "https://three.example/?a=1&b=2"]
    assert report["added"][0]["tags"] == ["World"]
    assert report["already_there"] == [{"url": "http://www.one.example/feed/", "as": "https://one.example/feed"}]
    assert report["skipped"][0]["what"] == "Mail"
    assert config_of(commented).startswith(COMMENTED[: COMMENTED.index("# ---- Outputs")])
    assert config_of(commented).endswith(COMMENTED[COMMENTED.index("# ---- Outputs") :])
    before = config_of(commented)
    done = commented.run("import", "list.opml")
    assert "0 added, 3 already there" in done.out
    assert config_of(commented) == before


def test_a_folder_takes_the_spelling_of_a_tag_in_use(workplace: Desk) -> None:
    workplace.write_config("https://one.example/feed", extra='[[outputs]]\nslug = "w"\ntags = ["world"]')
    done = workplace.run("import", "-", "--json", stdin=OPML)
    assert json.loads(done.out)["added"][0]["tags"] == ["world"]


def test_what_is_no_list_is_said(commented: Desk) -> None:
    (commented.path / "bad.opml").write_bytes(rss(NEWS))
    for name in ("bad.opml", "missing.opml"):
        done = commented.run("import", name)
        assert done.code == EXIT_FAILED
        assert name in done.err
    assert config_of(commented) == COMMENTED


def test_what_is_exported_comes_back(workplace: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = (
        '[[feeds]]\nurl = "https://one.example/feed?a=1&b=2"\nname = "One & Only"\ntags = ["World news", "b"]\n'
        'lang = "de"\n[[feeds]]\nurl = "https://two.example/feed"\n[[feeds]]\nurl = "https://drei.example/"\n'
        'name = "Drei „ü“"\ntags = ["b"]\n'
    )
    (workplace.path / "feeds.toml").write_text(text)
    assert workplace.run("export", "opml", "--output", "out.opml").code == EXIT_DONE
    assert workplace.run("export", "opml").out.encode() == (workplace.path / "out.opml").read_bytes()
    other = Desk(tmp_path_factory.mktemp("other"))
    (other.path / "feeds.toml").write_text("")
    assert other.run("import", str(workplace.path / "out.opml")).code == EXIT_DONE
    by_url = [
        sorted(json.loads(place.run("check", "--json").out)["sources"], key=lambda each: str(each["url"]))
        for place in (workplace, other)
    ]
    assert by_url[0] == by_url[1]


# ---------------------------------------------------------------- test-filter


def test_filters_are_shown_at_work(workplace: Desk, server: FeedServer) -> None:
    server.answers["/f"] = Answer(rss(NEWS, LATER, ("n3", "Old news", "text", "Mon, 01 Dec 2025 08:00:00 GMT")))
    rules = 'name = "One"\nkeep = [\'title ~ "Harbour|news"\']\n[defaults]\nblock = ["age > 30d"]\n'
    outputs = '[[outputs]]\nslug = "top"\nblock = [\'title = "harbour opens"\']\n'
    workplace.write_config(f"{server.base}/f")
    path = workplace.path / "feeds.toml"
    path.write_text(path.read_text() + rules + outputs)
    done = workplace.run("test-filter", "one", "--json")
    assert done.code == EXIT_DONE, done.err
    shown = json.loads(done.out)
    assert [each["kept"] for each in shown["articles"]] == [True, False, False]
    assert [each["reason"] for each in shown["articles"]] == ["", "no keep rule matches", "blocked by age > 30d"]
    assert shown["articles"][0]["outputs"] == {
        "top": {"kept": False, "reason": 'blocked by title = "harbour opens"'},
    }
    assert [(each["of"], each["kind"]) for each in shown["rules"]] == [
        ("defaults", "block"),
        ("source", "keep"),
        ("output top", "block"),
    ]
    (workplace.path / "f.xml").write_bytes(rss(NEWS))
    n_asked = len(server.log)
    done = workplace.run("test-filter", f"{server.base}/f", "f.xml")
    assert done.out.endswith("1 articles: 1 kept, 0 dropped\n")
    assert len(server.log) == n_asked
    assert workplace.run("test-filter", "nobody").code == EXIT_FAILED
    (workplace.path / "f.xml").write_bytes(b"<html></html>")
    assert "HTML" in workplace.run("test-filter", "One", "f.xml").err


# ---------------------------------------------------------------- check --online, --fix


def test_a_table_of_what_sources_give(workplace: Desk, server: FeedServer) -> None:
    server.answers |= {
        "/good": Answer(rss(NEWS, LATER)),
        "/plain": Answer(rss(("", "No guid", "t", "")), validators=False),
        "/page": page(link("/good")),
    }
    workplace.write_config(*(f"{server.base}/{name}" for name in ("good", "plain", "page", "gone")))
    before = config_of(workplace)
    done = workplace.run("check", "--online", "--json")
    assert done.code == EXIT_DONE, done.err
    good, plain, html, gone = json.loads(done.out)["sources"]
    assert (good["status"], good["articles"], good["dates"], good["guids"]) == ("ok", 2, "all", "unique")
    assert good["newest_at"] == "2026-01-13T08:00:00Z"
    assert good["validators"] == ["ETag"]
    assert good["lang_detected"] == "en"
    assert (plain["validators"], plain["dates"], plain["guids"]) == ([], "none", "missing")
    assert "HTML" in html["status"]
    assert f"{server.base}/good" in html["status"]
    assert "404" in gone["status"]
    assert [each["ok"] for each in (good, plain, html, gone)] == [True, True, False, False]
    assert sorted(path.name for path in workplace.path.iterdir()) == ["feeds.toml"]
    # Beside a store it asks conditionally; what is stored tells what a 304 does not.
    workplace.run("poll", "--no-build")
    done = workplace.run("check", "--online", "--json", now=DAY_ONE + HOUR)
    good = json.loads(done.out)["sources"][0]
    assert (good["status"], good["articles"], good["dates"], good["guids"]) == ("304 not modified", 2, "all", "unique")
    table = workplace.run("check", "--online", now=DAY_ONE + HOUR)
    assert table.out.endswith("4 sources: 2 good, 2 not\n")
    assert config_of(workplace) == before


def test_who_wants_to_be_left_alone_is_left_alone(workplace: Desk, server: FeedServer) -> None:
    server.answers["/wait"] = Answer(status=429, headers={"Retry-After": "7200"})
    workplace.write_config(f"{server.base}/wait")
    workplace.run("poll", "--no-build")
    server.log.clear()
    done = workplace.run("check", "--online", "--json", now=DAY_ONE + HOUR)
    assert "left alone until 2026-01-14T14:00:00Z" in json.loads(done.out)["sources"][0]["status"]
    assert server.log == []
    workplace.run("check", "--online", now=DAY_ONE + 3 * HOUR)
    assert server.log == [("/wait", 429)]


def stored_articles(workplace: Desk) -> int:
    count: int = json.loads(workplace.run("status", "--json").out)["articles"]
    return count


def test_a_move_is_written_only_when_asked_and_keeps_its_articles(commented: Desk, server: FeedServer) -> None:
    server.answers["/old"] = Answer(rss(NEWS))
    commented.write_config(f"{server.base}/old")
    path = commented.path / "feeds.toml"
    path.write_text("# Mine.\n" + path.read_text() + 'name = "One" # short\n')
    before = config_of(commented)
    commented.run("poll", "--no-build")
    server.answers["/old"] = Answer(status=301, headers={"Location": f"{server.base}/new"})
    server.answers["/new"] = Answer(rss(NEWS))
    commented.run("poll", "--no-build", "--force", now=DAY_ONE + 3 * HOUR)
    assert "no source has moved" in commented.run("check", "--fix", now=DAY_ONE + 3 * HOUR).out
    commented.run("poll", "--no-build", "--force", now=DAY_ONE + 6 * HOUR)
    assert config_of(commented) == before
    online = json.loads(commented.run("check", "--online", "--json", now=DAY_ONE + 7 * HOUR).out)
    assert online["sources"][0]["moved_to"] == f"{server.base}/new"
    done = commented.run("check", "--fix", now=DAY_ONE + 7 * HOUR)
    assert done.code == EXIT_DONE, done.err
    assert f"{server.base}/new" in done.out
    assert config_of(commented) == before.replace("/old", "/new")
    server.answers["/new"] = Answer(rss(LATER, NEWS))
    done = commented.run("poll", "--no-build", "--force", now=DAY_ONE + 12 * HOUR)
    assert "1 new articles" in done.out
    assert stored_articles(commented) == 2
    assert "no source has moved" in commented.run("check", "--fix", now=DAY_ONE + 13 * HOUR).out


def test_nothing_is_fixed_before_the_first_poll(commented: Desk) -> None:
    done = commented.run("check", "--fix", "--json")
    assert json.loads(done.out) == {"file": "feeds.toml", "moved": [], "not_moved": []}
    assert not Path(commented.path / "data").exists()
