# ruff: noqa: E501 - bytes are easier to read unbroken
"""What mutation begins with, and the words it puts in. Self-written; the golden feeds beside."""

from pathlib import Path

FEEDS = Path(__file__).parent.parent / "golden" / "feeds"

RSS = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xml:base="http://one.example/"><channel><title>One &a;</title>
<link>/</link><language>en</language><ttl>60</ttl><item><title>Harbour &lt;b&gt;opens&lt;/b&gt;</title><link>/1</link>
<guid isPermaLink="false">1</guid><pubDate>Mon, 12 Jan 2026 08:00:00 +0100</pubDate><dc:creator>A. Nowak</dc:creator>
<description><![CDATA[<p>Text <a href="x">y</a></p>]]></description><content:encoded>&lt;p&gt;Long</content:encoded>
<enclosure url="a.mp3" length="12" type="audio/mpeg"/><category domain="x">World</category></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"
>Eins</div></title><id>urn:1</id><updated>2026-01-12T08:00:00Z</updated><link rel="self" href="feed"/><entry><id>e1</id>
<title type="html">&lt;i&gt;Hafen</title><link href="1"/><published>2026-01-12T08:00:00.5+01:00</published><author><name>B
</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">Text</p></div></content>
</entry></feed>"""
JSON = b"""{"version":"https://jsonfeed.org/version/1.1","title":"One","items":[{"id":1,"url":"/1","title":"A","content_html":
"<p>x</p>","date_published":"2026-01-12T08:00:00Z","authors":[{"name":"C"}],"tags":["a",3],"attachments":[{"url":"b"}]}]}"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel
 rdf:about="x"><title>T</title></channel><item rdf:about="y"><title>I</title><link>http://two.example/</link></item></rdf:RDF>"""

HTML = (
    b"<p>One <b>two</b> <a href='/x' title=\"t\">three</a><img src=y alt='a&amp;b'></p><table><tr><td>4</table>",
    b"<svg><a xlink:href='javascript:alert(1)'><style><!--</style><img title='--><img src onerror=alert(1)>'></svg>",
    b"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    b"<form><noscript><p title='</noscript><script>x</script>'></form><!--[if IE]><iframe srcdoc=x><![endif]-->",
    b"<details open ontoggle=x><summary>y</summary><template><script>z</script></template></details>",
    "<p dir=rtl>\u202eabc\u2066 e\u0301\u0301\u0301 \ud7ff \U000e0041 \x1b[31m \x9b \ufffe</p>".encode(),
    b"&lt;script&gt; &#60;b&#x3e; &amp;amp;lt; &#0; &#x110000; &notit; &lt <b <3 a<b>c</b >",
    b"<div>" * 70 + b"deep" + b"</p>" * 40,
)
URLS = (
    b"https://user:secret@One.Example:443/a/../b;jsessionid=1?utm_source=x&id=2#!r",
    b"HTTP://www.m.one.example./amp/",
    b"//one.example/%7e%zz?q=%26amp;",
    b"java&#x0A;script:alert(1)",
    b"http://[::ffff:127.0.0.1]:80/",
    b"http://0x7f.1/ ",
    b"http:\\\\one.example\\x",
    "https://b\u00fccher.example/\u00fc?\u00fc#\u00fc".encode(),
    "https://\uff4f\uff4e\uff45\u3002example/".encode(),
    b"https://cdn.ampproject.org/c/s/one.example/amp/x.amp.html",
    b"https://www.google.com/amp/s/two.example/",
    b"feed:https://one.example/",
    b"https://one.co.uk:99999/",
)
TOML = (
    b'feeds = ["https://one.example/feed", "https://two.example/"]\n',
    b"""[settings]
title = "Top"
base_url = "https://news.example.org/"
allow_hosts = ["127.0.0.1:8801", "10.0.0.0/8", "fd00::/8"]
workers = 16
retention = "90d"

[defaults]
min_interval = "30m"
timeout = "20s"
max_bytes = "10MB"
block = ['age > 30d']

[[feeds]]
url = "https://one.example/rss.xml"
name = "One"
publisher = "one.example"
lang = "en"
tags = ["world"]
weight = 1.5
keep = ['title ~ "(?i)summit" and not category = "Sport"']
auth_env = "ONE_AUTH"

[[outputs]]
slug = "world"
languages = ["en", "de"]
min_publishers = 2
max_entries = 60
""",
)
WORDS = {
    "parse": tuple(
        b"<![CDATA[ ]]> <!-- --> <!DOCTYPE <!ENTITY %x; &x; &#0; &#x1f; <item> </item> <entry/> <title> </title> <rss> "
        b'<feed <channel> xmlns="" xml:base=\'//x\' type="html" type="xhtml" <div> <script> <?xml encoding=\'utf-16\'?> '
        b'\xff\xfe \xef\xbb\xbf \x00 \x1b \xc3\x28 \xed\xa0\x80 {"items":[ null 1e999 [[[[ <media:content <itunes:author> '
        b"<a:b:c> <updated>0000-00-00 99999999999999999999 +99:99 <author> <link rel='self' href='javascript:x'/> <ttl>".split()
    ),
    "html": tuple(
        b"<script> </script> <style> <svg> <math> <mtext> <table> <td> <p> </p> <br/> <iframe/> <noscript> <!-- --> --!> "
        b"<![CDATA[ ]]> <a\thref= <img/src= onerror=x ' \" ` > < & &lt; &#x3c &amp; javascript: data:text/html, \x00 \x1b "
        b"\xe2\x80\xae \xf3\xa0\x81\x81 \xcc\x81 <select> <option> <title> <textarea> <plaintext> <form> <mglyph> <ruby> <rt> "
        b"<foreignObject> <annotation-xml <b> </b> <i> <ul> <li> <h1> <base <meta <object <template> <caption> <colgroup>".split()
    ),
    "urls": tuple(
        b"http: https:// // / \\ @ : ? # & % %00 %2e %0a &amp; &#58; &Tab; &colon; [ ] [::1] .. . www. m. amp. /amp "
        b"javascript: data: \x00 \x1b \t \xe2\x80\xae \xe3\x80\x82 \xef\xbc\x8f \xc3\x9f xn--a xn-- utm_a=b ;jsessionid=1 "
        b"cdn.ampproject.org/c/ google.com/amp/ :0 :80 :65536 127.1 0x7f 017700000001 ~ | ^ { } \" ' < >".split()
    ),
    "config": tuple(
        b"[ ] [[ ]] = \" ' \"\"\" ''' { } , . # \\u0000 \\ufffe \\x true nan inf -1 1e400 1979-05-27 [settings] [defaults] "
        b'[[feeds]] [[outputs]] url title slug tags keep block weight lang "30m" "0s" "999999999999d" "10MB" ~ !~ age > '
        b"and or not ( ) (?i) (a+)+$ \xff \xe2\x80\xae \x1b 99999999999999999999 allow_hosts auth_env name publisher".split()
    ),
}


def seeds_of(target: str) -> tuple[bytes, ...]:
    """Give the inputs that a target begins with, always in the same order."""
    if target == "html":
        return HTML
    if target == "urls":
        return URLS
    if target == "config":
        return TOML
    golden = (path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.suffix != ".json")
    return tuple(b"\0" + each for each in (RSS, ATOM, JSON, RDF, *golden))
