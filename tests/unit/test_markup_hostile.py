"""Markup that means harm: whatever goes in, nothing active comes out, and what comes out stays as it is."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.markup import FEW_TAGS, MAX_DEPTH, sanitise
from tests.active import active_parts

BASE = "https://one.example/dir/"
HOSTILE = (
    "<script>alert(1)</script>ok",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>ok",
    "<scr<script>ipt>alert(1)</scr</script>ipt>ok",
    "<script\x00>alert(1)</script>ok",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    '<img src="x`y" onerror=`alert(1)`>',
    '<img """><script>alert(1)</script>">',
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a title='</title><script>alert(1)</script>'></title>",
    "<xmp><p title='</xmp><script>alert(1)</script>'></xmp>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>ok",
    "<object data='data:text/html,<script>alert(1)</script>'></object>ok",
    "<embed src=//evil.example/x.swf>ok",
    "<applet code=Evil></applet>ok",
    "<base href='//evil.example/'><a href='x'>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>ok",
    "<link rel=stylesheet href='//evil.example/x.css'>ok",
    "<style>@import '//evil.example/x.css';</style>ok",
    "<p style='background:url(javascript:alert(1))'>ok</p>",
    "<div style='width:expression(alert(1))'>ok</div>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT\t:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&amp;#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='//user:secret@one.example/'>x</a>",
    "<q cite='javascript:alert(1)'>x</q>",
    "<blockquote cite='data:,x'>x</blockquote>",
    "<form action='javascript:alert(1)'><input type=image src=x formaction=x><button>Go</button></form>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><script>alert(1)</script></template>ok",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->ok",
    "<!--><script>alert(1)</script>-->ok",
    "<!-- --!><img src=x onerror=alert(1)> -->ok",
    "<![CDATA[<script>alert(1)</script>]]>ok",
    "<?xml-stylesheet href='javascript:alert(1)'?>ok",
    "<plaintext><script>alert(1)</script>",
    "<table><td><script>alert(1)</script></td></table>",
    "<select><option><script>alert(1)</script></option></select>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p lang='x\" onmouseover=alert(1) y=\"'>x</p>",
    "<ol start='1 onclick=alert(1)'><li>x</li></ol>",
    "<img src=https://one.example/a.png width='1\" onload=alert(1)'>",
    "<a target=_blank ping=//evil.example/ download href=/x>x</a>",
)


@pytest.mark.parametrize("html", HOSTILE)
@pytest.mark.parametrize("n_times", [1, FEW_TAGS])
def test_nothing_active_is_left(html: str, n_times: int) -> None:
    safe = sanitise(html * n_times, base_url=BASE)
    assert active_parts(safe) == []
    assert sanitise(safe, base_url=BASE) == safe


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=12).map("".join))
def test_nothing_active_is_left_of_any_mixture(html: str) -> None:
    safe = sanitise(html, base_url=BASE)
    assert active_parts(safe) == []
    assert sanitise(safe, base_url=BASE) == safe


NESTED = st.recursive(
    st.sampled_from(["text ", "a &amp; b", "<br>", '<img src="https://one.example/a.png" alt="x">', "\u00a0"]),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from(["p", "div", "b", "i", "ul", "li", "h2", "a", "blockquote", "table", "td", "pre", "section"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=40,
)


@settings(deadline=None)  # long on purpose
@given(NESTED)
def test_long_nested_html_is_stable(html: str) -> None:
    safe = sanitise(html * 30, base_url=BASE)
    assert sanitise(safe, base_url=BASE) == safe
    assert active_parts(safe) == []


@pytest.mark.parametrize(
    "unit",
    [
        "<div title='</div>'>",
        '<div title="</div>">',
        "<div title=</div>>",
        "<div></p>",
        "<div><table></div>",
        "<b><p>",
        "<a href=x><div></a>",
        "<div\n/>",
    ],
)
def test_nothing_hides_depth(unit: str) -> None:
    start = time.process_time()
    safe = sanitise(unit * 20_000)
    assert time.process_time() - start < 5  # what works takes minutes
    depth = deepest = 0
    for piece in safe.split("<")[1:]:
        depth += -1 if piece.startswith("/") else 1
        deepest = max(deepest, depth)
    assert deepest <= 2 * MAX_DEPTH
