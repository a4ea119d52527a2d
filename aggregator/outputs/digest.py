"""Own the digests of an output: the best stories of a day or a week, as an entry, a page and a letter.

Pure, and without a clock: a digest is dated by the end of its period and never changes.

Source: RFC 5322 and 2046 (the letter: plain text beside HTML).
"""

import base64
import hashlib
import html
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from aggregator.model import Entry, EntryLink, Output, Published, Revision, Summary
from aggregator.outputs import strings
from aggregator.outputs.content import beginning, plain, shorten, source_name, without_tags
from aggregator.outputs.entry import MAX_TITLE
from aggregator.outputs.periods import Period
from aggregator.outputs.site import Site, digest_name, direction, language_tag, story_url, tag_uri

N_DAILY, N_WEEKLY = 20, 30  # stories: what one reads at breakfast, and on Sunday
DAYS, WEEKS = 14, 8  # that the feeds of digests hold
N_NAMED = 4  # publishers
_STYLE = (
    ":root{color-scheme:light dark;--paper:#fcfaf5;--ink:#1b1a18;--soft:#5a554c;--line:#d8d2c6;--accent:#1f4e79}"
    "@media(prefers-color-scheme:dark){:root{--paper:#171613;--ink:#ebe6dc;--soft:#aca495;--line:#38352e;"
    "--accent:#9cc4ec}}"
    "body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere;line-break:strict;"
    'font:1.0625rem/1.55 Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Georgia,"Noto Serif",serif}'
    "main,footer{max-width:38rem;margin:0 auto;padding:0 20px}a{color:var(--accent);text-underline-offset:.18em}"
    "h1{font-size:clamp(1.75rem,4vw,2.5rem);line-height:1.15;margin:24px 0 16px;padding-bottom:16px;"
    "border-bottom:3px solid var(--ink)}h1,h2{text-wrap:balance}"
    "h2{font-size:1.25rem;line-height:1.25;margin:0 0 4px}h2 a{color:inherit;text-decoration:none}"
    "h2 a:hover{text-decoration:underline}p{margin:0;text-wrap:pretty}"
    ".by{font:.8125rem/1.5 system-ui,sans-serif;color:var(--soft);margin:4px 0 16px;padding-bottom:16px;"
    "border-bottom:1px solid var(--line)}footer{padding-block:24px 40px;font:.875rem/1.5 system-ui,sans-serif}"
    "footer a{display:inline-block;padding-block:12px}@media print{:root{--paper:#fff;--ink:#000;--soft:#444}"
    "h2,p{break-inside:avoid}h2{break-after:avoid}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"

Story = tuple[Published, Revision]


def best_of(stories: Sequence[Story], limit: int) -> tuple[Story, ...]:
    """Order the stories of a period: most publishers first, then articles, then the newer, then by id."""
    ordered = sorted(stories, key=lambda story: story[0].story_id)
    ordered.sort(key=lambda story: story[1].newest_at, reverse=True)
    ordered.sort(key=lambda story: (story[1].summary.n_publishers, story[1].summary.n_articles), reverse=True)
    return tuple(ordered[:limit])


def title_of(output: Output, period: Period) -> str:
    """Name a digest: "World: Wednesday, 14 January 2026"."""
    last = period.end_at - timedelta(days=1)
    if period.end_at - period.begin_at == timedelta(days=1):
        what = strings.long_day(period.begin_at)
    else:
        year, number, _ = period.begin_at.isocalendar()
        what = strings.week(year, number, period.begin_at, last)
    return strings.digest_title(plain(output.title) or output.slug, what)


def build_digest(site: Site, output: Output, period: Period, stories: Sequence[Story], *, page: str = "") -> Entry:
    """Write a digest as an entry.

    Args:
        site: Where it is published.
        output: Whose stories they are.
        period: A day or a week.
        stories: Best first.
        page: Its page; empty: it has none, so that it leads to the front page.
    """
    headlines = "; ".join(_headline(place, revision) for place, revision in stories)
    return Entry(
        id=tag_uri(site, site.since_year, f"digest/{output.slug}/{period.name}"),
        title=shorten(title_of(output, period), MAX_TITLE),
        summary=without_tags(shorten(headlines, 300)),
        content="".join(_told(site, place, revision) for place, revision in stories),
        links=(EntryLink(href=page or site.base_url, rel="alternate", type="text/html"),),
        published_at=period.end_at,
        updated_at=period.end_at,
        lang="en",
    )


def _headline(place: Published, revision: Revision) -> str:
    return shorten(plain(place.headline) or plain(revision.summary.headline) or strings.UNTITLED, MAX_TITLE)


def _told(site: Site, place: Published, revision: Revision, *, by: str = "") -> str:
    """Tell a story in brief; ``by`` marks the line of its publishers where a style sheet is at hand."""
    summary = revision.summary
    tag = language_tag(summary.lang)
    marks = f' lang="{tag}" dir="{direction(summary.lang)}"' if tag and tag != "en" else ""
    href = html.escape(story_url(site, place.story_id))
    return (
        f'<h2{marks}><a href="{href}">{html.escape(_headline(place, revision))}</a></h2>\n'
        f"<p{marks}>{html.escape(beginning(summary))}</p>\n"
        f"<p{by}>{html.escape(_coverage(summary))}</p>\n"
    )


def _coverage(summary: Summary) -> str:
    names: dict[str, str] = {}
    for source in sorted(summary.sources, key=lambda each: each.n):
        names.setdefault(source.publisher, source_name(source.name, source.publisher))
    named = [name for name in names.values() if name]
    shown = named if len(named) <= N_NAMED else named[: N_NAMED - 1]
    return strings.coverage(summary.n_articles, shown, len(named) - len(shown))


def render_page(site: Site, output: Output, period: Period, stories: Sequence[Story]) -> bytes:
    """Write a day's digest as a page that needs nothing else."""
    title = html.escape(title_of(output, period))
    canonical = html.escape(site.base_url + digest_name(output.slug, period.name, ".html"))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n'
        f'<link rel="canonical" href="{canonical}">\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n"
        + "".join(_told(site, place, revision, by=' class="by"') for place, revision in stories)
        + f'</main>\n<footer><p><a href="{html.escape(site.base_url)}">{html.escape(plain(site.title))}</a></p>'
        "</footer>\n</body>\n</html>\n"
    ).encode()


def render_letter(site: Site, output: Output, period: Period, stories: Sequence[Story]) -> bytes:
    """Write a day's digest as a letter: plain text, and HTML beside it. Mail it with whatever sends mail."""
    title = title_of(output, period)
    host = urlsplit(site.base_url).hostname or "localhost"
    host = host.encode("idna").decode("ascii") if not host.isascii() else host
    name = f"{output.slug}.{period.name}"
    letter = EmailMessage(policy=SMTP)
    letter["From"] = f"aggregator@{host}" if ":" not in host else "aggregator@localhost"
    letter["To"] = "undisclosed-recipients:;"
    letter["Subject"] = title
    letter["Date"] = format_datetime(period.end_at)
    letter["Message-ID"] = f"<{name}@{host.replace(':', '-').strip('-') or 'localhost'}>"
    plain_parts = [title, ""]
    for place, revision in stories:
        plain_parts += [
            _headline(place, revision),
            beginning(revision.summary),
            _coverage(revision.summary),
            story_url(site, place.story_id),
            "",
        ]
    letter.set_content("\n".join(plain_parts), cte="quoted-printable")
    letter.add_alternative(
        f'<html lang="en"><body><h1>{html.escape(title)}</h1>\n'
        + "".join(_told(site, place, revision) for place, revision in stories)
        + "</body></html>\n",
        subtype="html",
        cte="quoted-printable",
    )
    # The library would choose a boundary by chance.
    letter.set_boundary(f"=_{hashlib.sha256(name.encode()).hexdigest()[:32]}")
    return letter.as_bytes()
