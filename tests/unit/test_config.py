import contextlib
import textwrap
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.config import Config, Settings, Writing, load_config, parse_config, values
from aggregator.config.file import MAX_BYTES
from aggregator.config.lines import find_lines
from aggregator.config.starter import starter_text
from aggregator.config.values import Wrong
from aggregator.errors import ConfigError
from aggregator.model import Output, Source

FILE = Path("feeds.toml")
TOP_LEVEL = Path(__file__).parents[2] / "feeds.toml"


def parse(text: str, **environ: str) -> Config:
    return parse_config(textwrap.dedent(text), path=FILE, environ=environ)


def mistakes_of(text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, **environ)
    return str(caught.value).split("\n")


# ---------------------------------------------------------------- what is right


def test_nothing_is_needed() -> None:
    config = parse("")
    assert config.settings == Settings()
    assert config.sources == ()
    assert config.outputs == (Output(slug="top", title="Top Headlines"),)
    assert [warning.message for warning in config.warnings] == ["there are no sources yet"]


def test_everything_can_be_said() -> None:
    config = parse(r"""
        [settings]
        title = "News of the Day"
        base_url = "https://news.example.org/x"
        contact = "https://example.org/about"
        allow_hosts = ["192.168.1.10", "127.0.0.1:8801", "10.0.0.0/8", "box.local", "box:81",
            "::1", "[::1]:80", "fd00::/8"]
        encoder = "none"
        hub = "https://hub.example/"
        host = "0.0.0.0"
        port = 9000
        workers = 4
        poll_every = "30s"
        retention = "1d12h"

        [defaults]
        min_interval = "10m"
        max_interval = "2d"
        timeout = "1h"
        max_bytes = "500kB"

        [[feeds]]
        url = "https://example.org/rss.xml"
        name = "Example"
        publisher = "example.org"
        lang = "en-GB"
        tags = ["world", "çok güzel", "world"]
        weight = 2
        keep = ['title ~ "(?i)summit"']
        block = ['category = "Sport"']
        auth_env = "EXAMPLE_AUTH"
        timeout = "5s"

        [[outputs]]
        slug = "the-world"
        tags = ["world"]
        languages = ["en", "DE"]
        min_publishers = 2
        max_entries = 20
    """)
    assert config.settings == Settings(
        title="News of the Day",
        base_url="https://news.example.org/x/",
        contact="https://example.org/about",
        allow_hosts=(
            "192.168.1.10", "127.0.0.1:8801", "10.0.0.0/8", "box.local", "box:81", "::1", "[::1]:80", "fd00::/8",
        ),
        encoder="none",
        hub="https://hub.example/",
        host="0.0.0.0",
        port=9000,
        workers=4,
        poll_every=timedelta(seconds=30),
        retention=timedelta(hours=36),
    )  # fmt: skip
    assert config.sources == (
        Source(
            url="https://example.org/rss.xml",
            name="Example",
            publisher="example.org",
            lang="en",
            tags=("world", "çok güzel"),
            weight=2.0,
            keep=('title ~ "(?i)summit"',),
            block=('category = "Sport"',),
            auth_env="EXAMPLE_AUTH",
            min_interval=timedelta(minutes=10),
            max_interval=timedelta(days=2),
            timeout=timedelta(seconds=5),
            max_bytes=500_000,
        ),
    )
    assert config.outputs == (
        Output(
            slug="the-world", title="The World", tags=("world",), languages=("en", "de"), min_publishers=2,
            max_entries=20,
        ),
    )  # fmt: skip
    assert config.warnings == ()


def test_the_short_form() -> None:
    config = parse('feeds = ["https://a.example/", {url = "https://b.example/", name = "B"}]')
    assert config.sources == (Source(url="https://a.example/"), Source(url="https://b.example/", name="B"))


def test_the_only_output_is_called_as_the_front_page() -> None:
    assert parse('[settings]\ntitle = "Mine"').outputs == (Output(slug="top", title="Mine"),)
    assert parse('[settings]\ntitle = "Mine"\n[[outputs]]\nslug = "top"').outputs[0].title == "Mine"


@pytest.mark.parametrize(
    ("settings", "base_url"),
    [
        ("port = 9000", "http://127.0.0.1:9000/"),
        ('host = "0.0.0.0"', "http://127.0.0.1:8080/"),
        ('host = "::"', "http://127.0.0.1:8080/"),
        ('host = "::1"', "http://[::1]:8080/"),
        ('host = "box.local"', "http://box.local:8080/"),
        ('port = 9000\nbase_url = "http://127.0.0.1:8080"', "http://127.0.0.1:8080/"),
    ],
)
def test_outputs_are_where_they_are_served(settings: str, base_url: str) -> None:
    assert parse(f"[settings]\n{settings}").settings.base_url == base_url


def test_variables_override_settings() -> None:
    config = parse(
        '[settings]\ntitle = "File"\nport = 1\nworkers = 2',
        AGGREGATOR_TITLE="9000",
        AGGREGATOR_PORT="9000",
        AGGREGATOR_WORKERS="",
        AGGREGATOR_ALLOW_HOSTS="127.0.0.1:8801, 10.0.0.0/8,",
        AGGREGATOR_POLL_EVERY="5s",
        AGGREGATOR_NOW="1",
        AGGREGATOR_DATA="x",
        AGGREGATOR_CONFIG="y",
        AGGREGATOR_SOMETHING_ELSE="z",
        PORT="4",
    )
    assert config.settings.title == "9000"
    assert (config.settings.port, config.settings.workers) == (9000, 2)
    assert config.settings.allow_hosts == ("127.0.0.1:8801", "10.0.0.0/8")
    assert config.settings.poll_every == timedelta(seconds=5)
    assert [warning.message for warning in config.warnings] == ["there are no sources yet"]


@pytest.mark.parametrize("text", [starter_text(), TOP_LEVEL.read_text(encoding="utf-8")], ids=["starter", "feeds.toml"])
def test_what_is_shipped_is_right(text: str) -> None:
    config = parse_config(text, path=FILE)
    assert config.warnings == ()
    assert config.sources
    assert config.outputs[0].slug == "top"
    assert all(source.url.startswith("https://") and source.tags and source.name for source in config.sources)


def test_the_shipped_sources_are_many_and_of_many_languages() -> None:
    config = load_config(TOP_LEVEL)
    assert len(config.sources) >= 40
    assert {source.lang for source in config.sources} >= {
        "en",
        "de",
        "fr",
        "es",
        "pt",
        "ja",
        "ko",
        "zh",
        "ar",
        "vi",
        "hi",
    }
    assert [output.slug for output in config.outputs] == ["top", "world", "technology"]


# ---------------------------------------------------------------- what is wrong

BROKEN = {
    "unknown key": ('[settings]\ntitel = "x"', 'feeds.toml:2: unknown key "titel" (did you mean "title"?)'),
    "unknown key of a feed": (
        '[[feeds]]\nurl = "https://a.example/"\n\n[[feeds]]\nurl = "https://b.example/"\ntag = ["x"]',
        'feeds.toml:6: unknown key "tag" (did you mean "tags"?)',
    ),
    "unknown key, nothing like it": (
        "[defaults]\nxyz = 1",
        'feeds.toml:2: unknown key "xyz" (known here: min_interval, max_interval, timeout, max_bytes, keep, block)',
    ),
    "unknown table": ("[sttings]", 'feeds.toml:1: unknown table or key "sttings" (did you mean "settings"?)'),
    "key outside its table": (
        'base_url = "x"',
        'feeds.toml:1: unknown table or key "base_url" (it belongs under [settings])',
    ),
    "key with control characters": (
        '"a\\u001b[31m\\n" = 1',
        (
            'feeds.toml:1: unknown table or key "a\\x1b[31m\\n" '
            "(known here: settings, ranking, summary, defaults, feeds, outputs)"
        ),
    ),
    "a number for a duration": (
        "[defaults]\ntimeout = 20",
        'feeds.toml:2: timeout must be a duration such as "20s", not 20 (units: d, h, m, s, as in 1h30m)',
    ),
    "no unit": (
        '[defaults]\ntimeout = "20"',
        'feeds.toml:2: timeout must be a duration such as "20s", not "20" (units: d, h, m, s, as in 1h30m)',
    ),
    "too long": (
        '[defaults]\ntimeout = "2h"',
        'feeds.toml:2: timeout must be a duration of more than nothing and at most 1h, not "2h"',
    ),
    "intervals": (
        '[defaults]\nmax_interval = "10m"',
        "feeds.toml:2: min_interval 30m is more than max_interval 10m",
    ),
    "intervals of a feed": (
        '[[feeds]]\nurl = "https://a.example/"\nmin_interval = "2d"',
        "feeds.toml:3: min_interval 2d is more than max_interval 1d",
    ),
    "size": (
        '[defaults]\nmax_bytes = "ten"',
        'feeds.toml:2: max_bytes must be a size such as "10MB", not "ten" (units: B, kB, MB, GB)',
    ),
    "port": (
        '[settings]\nport = "80"',
        'feeds.toml:2: port must be a whole number between 1 and 65535, not "80"',
    ),
    "port out of range": (
        "[settings]\nport = 70000",
        "feeds.toml:2: port must be a whole number between 1 and 65535, not 70000",
    ),
    "huge number": (
        "[[feeds]]\nurl = 'https://a.example/'\nweight = 0x" + "f" * 5000,
        (
            "feeds.toml:3: weight must be a number above 0 and up to 100, 1.0 being ordinary, "
            "not a number of very many digits"
        ),
    ),
    "not a number": (
        "[[feeds]]\nurl = 'https://a.example/'\nweight = nan",
        "feeds.toml:3: weight must be a number above 0 and up to 100, 1.0 being ordinary, not nan",
    ),
    "yes or no": (
        "[settings]\nworkers = true",
        "feeds.toml:2: workers must be a whole number between 1 and 1000, not true",
    ),
    "relative base_url": (
        '[settings]\nbase_url = "news/"',
        'feeds.toml:2: base_url must be an absolute address such as "https://news.example.org/", not "news/"',
    ),
    "encoder": (
        '[settings]\nencoder = "bert"',
        'feeds.toml:2: encoder must be one of "use", "e5", "none", not "bert"',
    ),
    "allow_hosts": (
        '[settings]\nallow_hosts = [\n  "10.0.0.0/8",\n  "*.local",\n]',
        (
            'feeds.toml:4: each of allow_hosts must be a host, host:port, IP address or range such as "10.0.0.0/8", '
            'not "*.local" (* is not understood: use a range)'
        ),
    ),
    "crooked range": (
        '[settings]\nallow_hosts = ["10.0.0.5/8"]',
        (
            "feeds.toml:2: each of allow_hosts must be a range that begins where its mask does, "
            'not "10.0.0.5/8" (write "10.0.0.0/8")'
        ),
    ),
    "no url": ('[[feeds]]\nname = "A"', 'feeds.toml:1: one of feeds has no url (add url = "…")'),
    "empty url": (
        '[[feeds]]\nurl = ""',
        'feeds.toml:2: url must be an address such as "https://example.org/rss.xml", not ""',
    ),
    "control characters in a url": (
        '[[feeds]]\nurl = "https://a.example/\\u001b"',
        'feeds.toml:2: url must be one line of at most 2000 characters, not "https://a.example/\\x1b"',
    ),
    "secret in a url": (
        '[[feeds]]\nurl = "https://me:geheim@a.example/"',
        (
            "feeds.toml:2: url must be an address without user and password, not what it holds "
            "(name an environment variable with auth_env)"
        ),
    ),
    "secret for a name": (
        '[[feeds]]\nurl = "https://a.example/"\nauth_env = "me:geheim"',
        (
            "feeds.toml:3: auth_env must be the NAME of an environment variable, not what it holds "
            "(put user:password into it, not into this file)"
        ),
    ),
    "a number among short forms": (
        'feeds = [\n "https://a.example/",\n 5,\n]',
        "feeds.toml:3: each of feeds must be a table, not 5 (write [[feeds]])",
    ),
    "single brackets": (
        '[feeds]\nurl = "https://a.example/"',
        "feeds.toml:1: feeds must be a list of tables (write [[feeds]] before each)",
    ),
    "double brackets": ('[[settings]]\ntitle = "x"', "feeds.toml:1: settings must be a table (write [settings])"),
    "tags without brackets": (
        '[[feeds]]\nurl = "https://a.example/"\ntags = "world"',
        'feeds.toml:3: tags must be a list, not "world" (write tags = ["world"])',
    ),
    "tags of numbers": (
        '[[feeds]]\nurl = "https://a.example/"\ntags = ["a",\n5]',
        'feeds.toml:4: each of tags must be a short word such as "world", not 5',
    ),
    "language": (
        '[[feeds]]\nurl = "https://a.example/"\nlang = "english"',
        'feeds.toml:3: lang must be a language code such as "en", not "english"',
    ),
    "country for a language": (
        '[[outputs]]\nslug = "a"\nlanguages = ["de", "jp"]',
        'feeds.toml:3: each of languages must be a language code such as "en", not "jp" (did you mean "ja"?)',
    ),
    "same address": (
        '[[feeds]]\nurl = "https://a.example/x"\n[[feeds]]\nname = "B"\nurl = "HTTPS://A.example:443/x#top"',
        'feeds.toml:5: the url "HTTPS://A.example:443/x#top" stands twice, first in line 2',
    ),
    "same address in the short form": (
        'feeds = [\n  "https://a.example/",\n  "https://b.example/",\n  "https://a.example",\n]',
        'feeds.toml:4: the url "https://a.example" stands twice, first in line 2',
    ),
    "same slug": (
        '[[outputs]]\nslug = "a"\n[[outputs]]\nslug = "a"',
        'feeds.toml:4: the slug "a" stands twice, first in line 2',
    ),
    "slug of our own": (
        '[[outputs]]\nslug = "archive"',
        (
            'feeds.toml:2: slug must be another word, not "archive" '
            "(archive is the name of one of the aggregator's own pages)"
        ),
    ),
    "slug that climbs": (
        '[[outputs]]\nslug = "../x"',
        (
            "feeds.toml:2: slug must be lower-case letters, digits and - inside, at most 60, "
            'not "../x" (it becomes a file name)'
        ),
    ),
    "no slug": ('[[outputs]]\ntitle = "A"', 'feeds.toml:1: one of outputs has no slug (add slug = "…")'),
    "empty title": ('[settings]\ntitle = " "', 'feeds.toml:2: title must be a text in quotes, not " "'),
    "a list of lists": ("[settings]\ntitle = [[1]]", "feeds.toml:2: title must be a text in quotes, not a list"),
    "a date": ("[settings]\ntitle = 2026-01-14", "feeds.toml:2: title must be a text in quotes, not a date or time"),
    # -- syntax
    "no quotes": (
        '[settings]\ntitle = News\nport = "x"',
        'feeds.toml:2: column 9: Invalid value (a text needs quotes: key = "text")',
    ),
    "open quote": (
        '# one\n[settings]\ntitle = "News',
        "feeds.toml:3: Unterminated string at the end of the file",
    ),
    "quote over the line": (
        '[settings]\ntitle = "News\nport = 80',
        (
            "feeds.toml:2: column 14: Illegal character '\\n' "
            "(a text must end in the quotes it began with, on the same line)"
        ),
    ),
    "no value": (
        "[settings]\n\ntitle",
        (
            "feeds.toml:3: Expected '=' after a key in a key/value pair at the end of the file "
            '(a line is key = "value", a [table] or a # comment)'
        ),
    ),
    "twice": (
        '[settings]\ntitle = "a"\ntitle = "b"',
        "feeds.toml:3: Cannot overwrite a value at the end of the file (the same key stands twice in one table)",
    ),
    "open list": (
        'feeds = [\n"https://a.example/"\n"https://b.example/"]',
        "feeds.toml:3: column 1: Unclosed array (a list ends with ] and has commas between its elements)",
    ),
    "too many digits": (
        "a = " + "9" * 5000,
        "feeds.toml: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits",
    ),
    "byte order mark": (
        "\ufeff[settings]",
        "feeds.toml:1: it begins with a byte order mark (save the file as UTF-8 without a byte order mark)",
    ),
    "too deep": ("a = " + "[" * 100_000, "feeds.toml: lists or tables are nested too deeply"),
    "endless key": ("x = 1\n[" + "a." * 50_000 + "a]", "feeds.toml:2: a key with more than 20 parts"),
    "endless quoted key": ('"a" . ' * 50_000 + "a = 1", "feeds.toml:1: a key with more than 20 parts"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_mistake_has_its_place_and_a_hint(text: str, message: str) -> None:
    assert mistakes_of(text) == [message]
    (windows,) = mistakes_of(text.replace("\n", "\r\n"))
    assert windows.split(":")[1] == message.split(":")[1], "the same line in a file from Windows"


@pytest.mark.parametrize("key", ["keep", "block"])
def test_a_rule_that_cannot_be_read_says_where(key: str) -> None:
    text = f"[[feeds]]\nurl = 'https://a.example/'\n{key} = [\n  'title ~ \"fine\"',\n  'title ~ \"(\"',\n]"
    (message,) = mistakes_of(text)
    assert message.startswith(f"feeds.toml:5: each of {key} must be a rule that can be read, not ")
    assert message.endswith(")"), "what the rule's own reader says"


@pytest.mark.parametrize("rule", [f'title ~ "{"(" * 3000}{")" * 3000}"', 'title ~ "a{99999999999}"', "\\u001b[31m"])
def test_a_hostile_rule_is_only_a_mistake(rule: str) -> None:
    quoted = rule.replace('"', '\\"')
    (message,) = mistakes_of(f"[[feeds]]\nurl = 'https://a.example/'\nkeep = [\"{quoted}\"]")
    assert message.startswith("feeds.toml:3: each of keep must be a rule that can be read")
    assert message.isprintable()


def test_all_mistakes_come_together_by_line() -> None:
    mistakes = mistakes_of(
        """\
        [settings]
        port = 0
        [defaults]
        timeout = 5
        [[feeds]]
        nmae = "A"
        [[outputs]]
        slug = "A"
        """,
        AGGREGATOR_WORKERS="many",
    )
    assert [mistake.split(": ")[0] for mistake in mistakes] == [
        "feeds.toml",
        "feeds.toml:2",
        "feeds.toml:4",
        "feeds.toml:5",
        "feeds.toml:6",
        "feeds.toml:8",
    ]
    assert mistakes[0].startswith("feeds.toml: the environment variable AGGREGATOR_WORKERS must be a whole number")


def test_a_thousand_mistakes_are_cut_short() -> None:
    mistakes = mistakes_of("[[feeds]]\nx = 1\n" * 1000)
    assert len(mistakes) == 101
    assert mistakes[-1] == "feeds.toml: and more mistakes: these first"


def test_no_secret_is_shown() -> None:
    text = (
        "[[feeds]]\nurl = 'https://me:geheim@a.example/'\n[[feeds]]\nurl = 'https://b.example/'\nauth_env = 'me:geheim'"
    )
    assert "geheim" not in "\n".join(mistakes_of(text, AGGREGATOR_PORTT="geheim"))


# ---------------------------------------------------------------- what is odd


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            'feeds = ["file:///etc/passwd"]',
            (1, 'the address "file:///etc/passwd" begins with file: and only http and https can be fetched', ""),
        ),
        ('feeds = [\n"a.example/rss"]', (2, 'the address "a.example/rss" lacks its beginning https://', "")),
        ('feeds = ["http://[::1/feed"]', (1, 'the address "http://[::1/feed" is not an address', "")),
        ('feeds = ["http://"]', (1, 'the address "http://" is not an address', "")),
        ('feeds = ["http://a.example:99999/"]', (1, 'the address "http://a.example:99999/" is not an address', "")),
        ('feeds = ["http://a.example/a b"]', (1, 'the address "http://a.example/a b" is not an address', "")),
        (
            'feeds = ["http://a.example/x",\n "https://www.a.example/x/"]',
            (2, '"https://www.a.example/x/" looks like the feed of line 1 by another address', ""),
        ),
        (
            'feeds = [{url = "https://a.example/", tags = ["world"]}]\n[[outputs]]\nslug = "x"\ntags = ["wrld"]',
            (4, 'no source has the tag "wrld" of the output x', 'did you mean "world"?'),
        ),
    ],
)
def test_one_odd_source_does_not_stop_the_others(text: str, warning: tuple[int, str, str]) -> None:
    config = parse(text)
    assert config.sources
    assert [(each.line, each.message, each.hint) for each in config.warnings] == [warning]


def test_a_mistyped_variable_is_named_without_its_value() -> None:
    config = parse(
        'feeds = [{url = "https://a.example/", auth_env = "AGGREGATOR_HOSTS"}]',
        AGGREGATOR_HOSTS="me:geheim",
        AGGREGATOR_BASEURL="geheim",
    )
    assert [(each.message, each.hint) for each in config.warnings] == [
        ('the environment variable "AGGREGATOR_BASEURL" overrides no setting', "did you mean AGGREGATOR_BASE_URL?")
    ]


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[settings]\ntitle = 'caf\xe9'", ":2: byte 0xe9 is not UTF-8"),
        ("[settings]".encode("utf-16"), ":1: it is written in UTF-16"),
        (b"\xef\xbb\xbf[settings]", ":1: it begins with a byte order mark"),
        (b"#" * (MAX_BYTES + 1), ": it is larger than 10 MB"),
        (b"\x00", ":1: column 1: Invalid statement"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(str(path) + message)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file \(run `aggregator init` to write one\)"):
        load_config(tmp_path / "feeds.toml")
    with pytest.raises(ConfigError, match="it cannot be read: is a directory"):
        load_config(tmp_path)
    with pytest.raises(ConfigError, match="no name of a file"):
        load_config(tmp_path / "a\0b")


def test_a_file_knows_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(starter_text(), encoding="utf-8")
    assert load_config(path).path == path


# ---------------------------------------------------------------- properties

KEYS = [
    "url",
    "name",
    "tags",
    "keep",
    "slug",
    "port",
    "title",
    "timeout",
    "weight",
    "lang",
    "allow_hosts",
    "a.b",
    '"q"',
]
TABLES = ["[settings]", "[defaults]", "[[feeds]]", "[[outputs]]", "[feeds.x]", "[other]", "feeds = []"]
VALUES = [
    '"x"', "'y'", '"""a\n"b""\n"""', "'''c\n'''", "1", "-1.5", "true", "inf", "0xff", "[]", "[1, [2, 'x']]", "{}",
    "{a = 1, b = {c = [1]}}", "2026-01-14 10:00:00Z", "[\n1, # one\n2,\n]", '"https://a.example/"', '"1h"', '"\\u0000"',
]  # fmt: skip
LINES = st.one_of(
    st.sampled_from(TABLES),
    st.builds("{} = {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
    st.just("# comment = ["),
    st.text(max_size=10),
)


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)))
@example("[[feeds]]\nx = " + "[" * 120 + "]" * 120)
@example("[[feeds]]\nx = " + "[" * 480 + "]" * 480)
def test_any_text_is_a_config_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert isinstance(parse_config(text, path=FILE), Config)


@given(st.binary())
def test_any_bytes_are_a_config_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with contextlib.suppress(ConfigError):
        load_config(path)


PLAIN = st.builds("{} = {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES))


@given(st.lists(st.one_of(PLAIN, st.sampled_from(["[[feeds]]", "[[outputs]]", "", "# x = [1"])), max_size=12))
def test_the_line_of_a_value_is_where_it_stands(lines: list[str]) -> None:
    """Mark every key with a name of its own, then look each up."""
    marked = [line.replace(line.partition(" = ")[0], f"key{i}", 1) if " = " in line[:20] and line[0] != "#" else line
              for i, line in enumerate(lines)]  # fmt: skip
    text = "\n".join(marked)
    tomllib.loads(text)
    found = {str(path[-1]): line for path, line in find_lines(text).items() if str(path[-1]).startswith("key")}
    expected = {}
    at = 1
    for line in marked:
        if line.startswith("key"):
            expected[line.partition(" ")[0]] = at
        at += line.count("\n") + 1
    assert found == expected


def test_lines_of_all_kinds_of_tables() -> None:
    text = textwrap.dedent("""\
        a.b.c = 1
        "quoted \\u0041" = 2
        list = [
          "x", { y = 1, z = [
            3 ] },
          [4,
           5]
        ]
        [[t]]
        k = 1
        [[t]]
        k = '''
        [not]
        '''
        [t.sub]
        deep = "\\""  # "
        [[t.many]]
        [[t.many]]
        last = 1979-05-27 07:32:00
    """)
    tomllib.loads(text)
    lines = find_lines(text)
    assert {path: lines[path] for path in [
        ("a", "b", "c"), ("quoted A",), ("list", 0), ("list", 1, "z"), ("list", 1, "z", 0), ("list", 2), ("list", 2, 1),
        ("t", 0, "k"), ("t", 1), ("t", 1, "k"), ("t", 1, "sub", "deep"), ("t", 1, "many", 1, "last"),
    ]} == {
        ("a", "b", "c"): 1, ("quoted A",): 2, ("list", 0): 4, ("list", 1, "z"): 4, ("list", 1, "z", 0): 5,
        ("list", 2): 6, ("list", 2, 1): 7, ("t", 0, "k"): 10, ("t", 1): 11, ("t", 1, "k"): 12,
        ("t", 1, "sub", "deep"): 16, ("t", 1, "many", 1, "last"): 19,
    }  # fmt: skip


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=3000)))
def test_a_duration_comes_back(length: timedelta) -> None:
    whole = timedelta(days=length.days, seconds=length.seconds)
    assert values.duration()(values.write_duration(whole)) == whole


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15m", 900), ("20s", 20), ("24h", 86400), ("1h30m", 5400), ("2d", 172800), ("1d1h1m1s", 90061), ("90m", 5400)],
)
def test_durations(text: str, seconds: int) -> None:
    assert values.duration()(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ["", "s", "m15", "15 m", "30m1h", "1.5h", "-1h", "0s", "١h", "9999999d", "999999d", 5, None, True]
)
def test_no_durations(value: object) -> None:
    with pytest.raises(Wrong):
        values.duration()(value)


@pytest.mark.parametrize(
    ("value", "n_bytes"),
    [
        ("10MB", 10**7),
        ("500kB", 500_000),
        ("1.5 MB", 1_500_000),
        ("1GB", 10**9),
        ("2MiB", 2**21),
        ("4096B", 4096),
        (9, 9),
    ],
)
def test_sizes(value: object, n_bytes: int) -> None:
    assert values.size(at_least=1, at_most=10**9)(value) == n_bytes


@pytest.mark.parametrize("value", ["", "10", "MB", "-1MB", "1TB", "9999999GB", -1, True, 1.5, "0B"])
def test_no_sizes(value: object) -> None:
    with pytest.raises(Wrong):
        values.size(at_least=1, at_most=10**9)(value)


@given(st.text())
def test_addresses_are_normal_once(url: str) -> None:
    assert values.same_address(values.same_address(url)) == values.same_address(url)
    values.problem_of_address(url)
    values.similar_address(url)


# ---------------------------------------------------------------- who writes the summaries


def test_a_model_can_be_named() -> None:
    config = parse("""
        [summary]
        mode = "llm"
        endpoint = "http://127.0.0.1:11434/v1"
        model = "tiny"
        key_env = "MODEL_KEY"
        timeout = "45s"
        max_bytes = "1MB"
        max_output_tokens = 900
        max_calls_a_day = 50
        max_tokens_a_day = 20000
    """)
    assert config.writing == Writing(
        mode="llm",
        endpoint="http://127.0.0.1:11434/v1/",
        model="tiny",
        key_env="MODEL_KEY",
        timeout=timedelta(seconds=45),
        max_bytes=1_000_000,
        max_output_tokens=900,
        max_calls_a_day=50,
        max_tokens_a_day=20_000,
    )
    assert parse("").writing == Writing()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[summary]\nmode = "llm"', ['feeds.toml:2: mode "llm" needs endpoint', "needs model"]),
        ('[summary]\nmode = "gpt"', ['feeds.toml:2: mode must be one of "extractive", "llm", not "gpt"']),
        ('[summary]\nendpoit = "http://127.0.0.1/v1"', ["feeds.toml:2: unknown key", 'did you mean "endpoint"?']),
        (
            '[summary]\nmode = "llm"\nendpoint = "http://models.example/v1"\nmodel = "m"\nkey_env = "K"',
            ["feeds.toml:3: the key would cross the network in the open", "use https"],
        ),
        ('[summary]\nmode = "llm"\nmodel = "m"\nendpoint = "https://me:pw@models.example/v1"', ["feeds.toml:4: "]),
        ('[summary]\nkey_env = "sk-123 456"', ["feeds.toml:2: key_env must be the NAME of an environment variable"]),
    ],
)
def test_mistakes_of_a_model_are_told(text: str, expected: list[str]) -> None:
    said = "\n".join(mistakes_of(text))
    assert all(part in said for part in expected), said
    assert "sk-123" not in said


def test_a_model_that_is_not_asked_is_a_warning() -> None:
    (warning,) = parse('[summary]\nmodel = "m"\n[[feeds]]\nurl = "https://one.example/feed.xml"').warnings
    assert (warning.line, warning.message) == (2, "model is not used")


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [("", "", False), ("websub = true", "", True), ("websub = true", "false", False), ("", "true", True)],
)
def test_pushing_is_switched_on_by_whoever_can_be_reached(text: str, variable: str, expected: bool) -> None:
    config = parse(
        f'feeds = ["https://a.example/"]\n[settings]\nbase_url = "https://b.example/"\n{text}',
        AGGREGATOR_WEBSUB=variable,
    )
    assert (config.settings.websub, config.warnings) == (expected, ())


def test_pushing_to_an_address_that_nobody_reaches_is_a_warning() -> None:
    (warning,) = parse('feeds = ["https://a.example/"]\n[settings]\nwebsub = true').warnings
    assert (warning.line, warning.message) == (
        3,
        'hubs cannot reach base_url "http://127.0.0.1:8080/": nothing will be pushed',
    )


@pytest.mark.parametrize("value", ["1", '"yes"', "[]"])
def test_a_switch_is_true_or_false(value: str) -> None:
    (mistake,) = mistakes_of(f'feeds = ["https://a.example/"]\n[settings]\nwebsub = {value}')
    assert mistake.startswith("feeds.toml:3: websub must be true or false, not")
