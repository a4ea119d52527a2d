"""The short ways through markup give what the long ways give: HTML that nh3 need not see, addresses, white space."""

import re
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.intake.reading.encoding import _is_plain, _without_illegal
from aggregator.markup import is_plain, safe_url, sanitise, sanitise_and_read, to_text
from aggregator.markup.addresses import safe_url_by_parts
from aggregator.markup.cleaning import clean_html
from aggregator.markup.plain import _to_text_by_tokens, in_lines
from aggregator.markup.sanitising import sanitise_foreign
from aggregator.markup.tidy import read_tidy

BASE = "https://one.example/dir/page?x=1#top"
NAMES = st.sampled_from(
    "p div ul ol li dl dt dd h1 h2 pre blockquote a b i em span code center font video details section u".split()  # noqa: SIM905 - a list takes a line each
)
ODD_NAMES = st.sampled_from("table tr td svg math form button select title ruby rt nobr body o:p P".split())  # noqa: SIM905 - a list takes a line each
URLS = st.sampled_from(
    [
        "https://two.example/a/b?x=1&amp;y=2#z", "https://two.example", "http://localhost:8080/x", "/x/y", "../b", "#n",
        "?q=1", "", "//two.example/c", "a b", "javascript:alert(1)", "mailto:x@one.example", "http://1.2.3.999/",
        "https://xn--a.example/", "HTTPS://TWO.example/", "https://two.example/é;x", "https://a@two.example/", "x:y",
        "https://two.example/?a=1&b=2&copy=3", "&#106;avascript:x", "https://two.example/&quot;onclick=&quot;x",
        "data:text/html,x", "https://two.example:99999/", "http:/two.example/", "https:two.example", " /x",
    ]
)  # fmt: skip
VALUES = st.sampled_from(
    ["x", "", "80%", "12", "en", 'a"b', "it's", "it&#39;s", "&quot;", "a&lt;b", "é\xa0", "a=b", "&"]
)
ATTRIBUTE = st.one_of(
    st.tuples(st.sampled_from(["href", "src", "cite"]), URLS),
    st.tuples(
        st.sampled_from(["title", "alt", "width", "lang", "class", "start", "datetime", "onclick", "data-x"]), VALUES
    ),
)
QUOTES = st.sampled_from(['"', '"', '"', "'", ""])
WRITTEN = st.tuples(ATTRIBUTE, QUOTES).map(lambda each: f" {each[0][0]}={each[1]}{each[0][1]}{each[1]}")
ATTRIBUTES = st.lists(WRITTEN | st.sampled_from([" hidden", "  ", "/", "\n", " /"]), max_size=4).map("".join)
TEXT = st.sampled_from(
    [
        "text", " ", "\n", "\n\n", "AT&T", "a & b", "&amp;", "&lt;b&gt;", "&#8217;", "&#x2019;", "&eacute;", "&nbsp;",
        "\xa0",
        "a > b", "&#39;", "&quot;", "'", '"', "e", "\u0301", "&#769;", "\u0338", "&#128;", "&#0;", "&copy", "&copy;x",
        "&notit;", "&bogus;", "&#x202e;", "&#97;", "&colon;", "<", "< b", "é", "&fjlig;", "&#128512;",
        "\u2028", "&ngE;",
    ]
)  # fmt: skip
EMPTY = st.sampled_from(
    [
        "<br>", "<br/>", "<br />", "<hr>", "<wbr>", "<!-- c -->", "<!---->", "<!-->", "<!-- > -->", "<!-- -- -->",
        "</img>",
        "<iframe src=x></iframe>", "<iframe src='y'/>", "<iframe src=y/></iframe>", "<script>x</script>",
        "<source src=x>",
        "<li>", "</li>", "<dd>", "</ul>", "<h2>", "</div>", "</font>",
        "<script>a < b</script>", "<style>p > a {}</style>", "</p>", "<p>", "</a>", "<p/>", "<&#97; href=x>", "</br>",
    ]
)  # fmt: skip
IMAGES = ATTRIBUTES.map(lambda attributes: f"<img{attributes}>")


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make elements around what is in them."""
    names = st.one_of(NAMES, NAMES, NAMES, ODD_NAMES)
    return st.tuples(names, ATTRIBUTES, st.lists(inner, max_size=4)).map(
        lambda each: f"<{each[0]}{each[1]}>{''.join(each[2])}</{each[0]}>"
    )


HTML = st.lists(st.recursive(st.one_of(TEXT, TEXT, EMPTY, IMAGES), element, max_leaves=12), min_size=1, max_size=4).map(
    "".join
)


@settings(max_examples=1_500, deadline=None)
@given(HTML, st.sampled_from(["", BASE]))
def test_what_is_tidy_is_written_as_nh3_writes_it(html: str, base_url: str) -> None:
    html = clean_html(html)
    tidy = read_tidy(html, base_url)
    if tidy is not None:
        safe = sanitise_foreign(html, base_url)
        assert tidy == (safe, to_text(safe))
        assert sanitise(safe) == safe


@pytest.mark.parametrize(
    ("html", "expected", "text"),
    [
        ("plain", "plain", "plain"),
        ("<p>One</p>\n<p>Two  words</p>", "<p>One</p>\n<p>Two  words</p>", "One\nTwo words"),
        ("<p class='x' id=y>A &amp; B&#8217;s &nbsp;</p>", "<p>A &amp; B’s &nbsp;</p>", "A & B’s"),
        ("AT&T > 1", "AT&amp;T &gt; 1", "AT&T > 1"),
        (
            '<a class="b" href="https://two.example/x?a=1&amp;b=2" target="_blank">x</a>',
            '<a href="https://two.example/x?a=1&amp;b=2" rel="noopener noreferrer">x</a>',
            "x",
        ),
        ('<a href="javascript:x" title="t">x</a>', '<a title="t" rel="noopener noreferrer">x</a>', "x"),
        (
            """<img alt='" onerror="x' src="/a.png">""",
            '<img alt="&quot; onerror=&quot;x" src="https://one.example/a.png">',
            "",
        ),
        (
            '<img width="80%" src="a.png" alt="x"/>',
            '<img alt="x" src="https://one.example/dir/a.png">',
            "",
        ),
        ("a<iframe src=x></iframe>b<!-- c -->", "ab", "ab"),
        ("<ul><li>a</li><li>b<br/>c</li></ul>", "<ul><li>a</li><li>b<br>c</li></ul>", "a\nb\nc"),
        ("a<pre>\nb\n</pre>", "a<pre>b\n</pre>", "a\nb"),
        ("<font color=red>a</font>b", "ab", "ab"),
        ("<p>a<p>b", "<p>a</p><p>b</p>", "a\nb"),
        ("<p>a<ul><li>b<li><p>c</ul>d</p>", "<p>a</p><ul><li>b</li><li><p>c</p></li></ul>d<p></p>", "a\nb\nc\nd"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>", "a\nb\nc"),
        ("<div><b>a > b<hr >", "<div><b>a &gt; b<hr></b></div>", "a > b"),
        ("<pre>a<!-- c -->\nb</pre>", "<pre>a\nb</pre>", "a b"),
        ('<a href="mailto:x@one.example?subject=Re: a b">x</a>', '<a rel="noopener noreferrer">x</a>', "x"),
    ],
)
def test_tidy_html(html: str, expected: str, text: str) -> None:
    assert read_tidy(html, BASE) == (expected, text)
    assert sanitise_and_read(html, base_url=BASE) == (expected, text)


@pytest.mark.parametrize(
    "html",
    [
        "<b><i>x</b></i>", "<table><tr><td>x</td></tr></table>", "<a><a>x</a></a>",
        "<li>x</li>", "<h1><h2>x</h2></h1>", "<pre>\n\nx</pre>", "<svg></svg>", "&copy 2026", "&#128;", "a < b",
        "<x>y</x>",
        '<a href="http://1.2.3.999/">x</a>', '<a href="https://xn--a.example/">x</a>', '<p title="a>b">x</p>',
        '<a href="/x" href="/y">z</a>', "<P>x</P>", "<iframe/>", "\u0338", "<&#97;>x</a>", "<div/>", "</img>",
        "<pre><!-- c -->\nx</pre>", "<pre>&#8238;\n&</pre>", "<p><b>x</p>", "<p>a<p>" * 201, "</b>", "<p><pre>x</pre>",
        "<h2><font><h3>x</h3></font></h2>", "<p>" + "x" * 20_001, "<p title=a`b>x</p>", "x" * 60_001,
    ],
)  # fmt: skip
def test_what_is_not_tidy_is_left_to_nh3(html: str) -> None:
    assert read_tidy(html, BASE) is None


@settings(max_examples=1_000, deadline=None)
@given(HTML)
def test_text_is_read_the_same_of_any_spelling(html: str) -> None:
    for each in (html, sanitise(html)):
        assert to_text(each) == _to_text_by_tokens(each.replace("\n", " "))


@settings(max_examples=500)
@given(st.text(alphabet=" \n\t\xa0\u2003\u3000ab.", max_size=40))
def test_white_space_is_collapsed(text: str) -> None:
    collapsed = re.sub(r" ?\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text)).strip()
    assert in_lines(text) == collapsed


PARTS = [
    "https://",
    "http://",
    "//",
    "/",
    "#",
    "?",
    "two.example",
    "www.",
    ":80",
    ":443",
    ":8080",
    ":23456",
    ":0",
    "..",
]
PARTS += [
    "tag:",
    "urn:x:",
    "1",
    ",",
    "+",
    ".",
    "/.",
    "/../",
    "a",
    "é",
    "&",
    "&amp;",
    "&#65;",
    "%41",
    " ",
    "@",
    "[::1]",
    "127.0.0.1",
    "A",
    "=",
    "-",
    ";",
]
URL = st.lists(st.sampled_from(PARTS), max_size=8).map("".join)
BASES = ["", BASE, "http://one.example:8080/feed", "https://one.example", "http://one.example:80/x", "x", "/y"]


@settings(max_examples=1_500)
@given(URL, st.sampled_from(BASES))
def test_short_ways_to_an_address_end_at_the_same(url: str, base_url: str) -> None:
    assert safe_url(url, base_url) == safe_url_by_parts(url, base_url)


@settings(max_examples=1_500)
@given(URL, st.sampled_from([*BASES, "mailto:x", "feed://one.example/"]))
def test_a_plain_address_stays_as_it_is_wherever_it_is_joined(url: str, base_url: str) -> None:
    if is_plain(url):
        assert urljoin(base_url, url) == url


@settings(max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            ["<a>", "&#8217;", "&#x41;", "&#0;", "&#x1F;", "&#13", "&#xd800;", "&#99999999;", "&#xfffe;", "é"]
        )
        | st.text(max_size=3),
        max_size=6,
    ).map("".join)
)
def test_bytes_that_stay_as_they_are_hold_nothing_that_xml_forbids(text: str) -> None:
    body = text.encode("utf-8", "replace")
    if _is_plain(body):
        assert _without_illegal(body.decode("utf-8")).encode("utf-8") == body
