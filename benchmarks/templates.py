"""Labelled streams to fit the clustering decision to: read from files, and made of recurring templates.

The templates are in words of our own: the same words again, of another event, as quakes, results and matches come. All
randomness has fixed seeds.
"""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Article
from aggregator.stories.stream import read_article

Stream = tuple[list[Article], dict[str, str]]  # in order, and the true story by article id


def listed(written: str) -> list[str]:
    """Split a list of words at its commas."""
    return written.split(",")


def labelled(file: Path) -> Stream:
    """Read a labelled stream."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return _stream(records)


def _stream(records: Sequence[Mapping[str, object]]) -> Stream:
    articles = [read_article(record, n) for n, record in enumerate(records)]
    return articles, {article.id: str(record["story"]) for article, record in zip(articles, records, strict=True)}


PLACES = listed("Marlow,Tessin,Odense,Kisumu,Valdivia,Bergamo,Leiden,Sapporo,Durban,Recife,Tampere,Kaunas,Cork,Izmir")
LANDS = listed("Norway,Chile,Kenya,Portugal,Finland,Peru,Vietnam,Ghana,Estonia,Bolivia,Nepal,Iceland,Croatia,Uganda")
FIRMS = listed("Ardent,Kestrel Air,Bluefin Energy,Sable Chemicals,Orrin Tech,Pallas Telecom,Corvid Steel,Lumen")
TEAMS = listed("Rovers,Harriers,Comets,Vikings,Falcons,Mariners,Wolves,Pioneers,Lancers,Bisons,Sharks")
PEOPLE = listed("Anna Lind,Piotr Zak,Omar Haddad,Lucia Ferro,Kenji Mori,Grace Owusu,Ivan Petkov,Leila Amari")
FILMS = listed("Silver Coast,Paper Lions,The Ninth Gate,Old Salt,Winter Choir")
THINGS = listed("factory,hotel,warehouse,school,market,hospital,nightclub")
VEHICLES = listed("bus,train,truck,ferry,plane,helicopter")
WORKERS = listed("teachers,nurses,dock workers,bus drivers,pilots,miners")
# Each template: reports of one event, "title|summary". Letters stand for what differs from event to event.
TEMPLATES: tuple[tuple[str, ...], ...] = (
    (
        "Floods kill {k} in {c}|Heavy rain flooded {c} in {l} on {d}, killing at least {k} people, officials said.",
        "{l}: death toll from {c} floods reaches {k}|",
        "At least {k} dead as floodwater swamps {c}|At least {k} people died when rain flooded {c}, {l}, on {d}.",
        "Thousands flee homes in flooded {c}|Rescuers searched {c} after flooding that has killed {k} people.",
    ),
    (
        "Fire at {c} {t} kills {k}|A fire at a {t} in {c} killed {k} people on {d}, the fire service said.",
        "{k} dead in {c} {t} blaze|",
        "{c} mourns after {t} fire|{k} people died when a fire swept through a {t} in {c} on {d}.",
    ),
    (
        "{f} quarterly profit rises {k}%|{f} said on {d} that its quarterly profit rose {k} percent.",
        "{f} earnings: net income up {k} percent|",
        "{f} shares react as profit rises|{f} said on {d} that profit rose {k} percent in the quarter.",
    ),
    (
        "{c} {a} beat {b} {x}-{y} in league opener|The {a} beat the {b} {x}-{y} on {d} in the league.",
        "{a} {x}, {b} {y}|",
        "League: {a} see off {b}|The {a} won {x}-{y} against the {b} on {d}.",
    ),
    (
        "{x}.{y} magnitude quake rattles {c}|A magnitude {x}.{y} quake struck near {c}, {l}, on {d}, experts said.",
        "Earthquake of magnitude {x}.{y} jolts {l}|The quake was centred near {c}, experts said.",
        "{l} earthquake: tremor felt in {c}|",
    ),
    (
        "{l} central bank raises key rate to {x}.{y}%|The bank of {l} raised its rate to {x}.{y} percent on {d}.",
        "Central bank of {l} raises rates|",
        "Key rate in {l} now {x}.{y} percent after bank decision|",
    ),
    (
        "{l} reports {n} new cases|{l} reported {n} new cases of the virus and {k} deaths on {d}, the ministry said.",
        "Virus: {n} new infections, {k} deaths in {l}|",
        "{l} health ministry confirms {n} cases|The ministry of {l} confirmed {n} new cases on {d}.",
    ),
    (
        "{p} jailed for {k} years for fraud|A court in {c} sentenced {p} to {k} years in prison for fraud on {d}.",
        "Court sentences {p} to {k} years|",
        "Fraud trial: {p} gets {k}-year prison term|{p} was sentenced to {k} years by a court in {c}.",
    ),
    (
        "Crash of {v} near {c} kills {k}|A {v} crashed near {c} on {d}, killing {k} people, police said.",
        "{k} killed in {c} {v} accident|",
        "Police: {k} die as {v} crashes outside {c}|{k} people died in a {v} crash outside {c}, police said.",
    ),
    (
        "{p} wins presidential election in {l}|{p} won the election in {l} with {k} percent, officials said on {d}.",
        "{l} election: {p} declared winner with {k}%|",
        "Commission in {l} declares {p} president-elect|",
    ),
    (
        "{m} day {k} box office: {n} thousand so far|{m} has made {n} thousand by the end of day {k}, analysts said.",
        "Day {k}: {m} at {n} thousand|",
        "{m} collection on day {k}|The film stands at {n} thousand after day {k}.",
    ),
    (
        "{f} to buy {g} for ${k} billion|{f} agreed to buy {g} for ${k} billion in cash, the companies said on {d}.",
        "{g} agrees to {k}-billion-dollar takeover by {f}|",
        "{f} snaps up {g} in ${k}bn deal|{g} will be taken over by {f}, the companies said.",
    ),
    (
        "{c} {w} walk out over pay|The {w} of {c} began a strike over pay on {d}, day {k} of the dispute, unions said.",
        "Strike by {w} hits {c}|",
        "{w} in {c} begin pay strike|",
    ),
)


def template_stream(seed: int, *, hours: float, n_kinds: int = 8, n_events: int = 5) -> Stream:
    """Make a stream of recurring templates whose events begin within so many hours."""
    chance = random.Random(seed)
    records: list[dict[str, object]] = []
    for kind in chance.sample(range(len(TEMPLATES)), n_kinds):
        for event in range(n_events):
            begins = datetime(2026, 3, 2, 6, tzinfo=UTC) + timedelta(hours=chance.uniform(0, hours))
            filling = _filling(chance) | {"d": begins.strftime("%A")}
            reports = chance.sample(TEMPLATES[kind], chance.randint(1, len(TEMPLATES[kind])))
            for n, report in enumerate(reports):
                title, summary = report.format_map(filling).split("|")
                published = begins + timedelta(hours=chance.expovariate(0.5))
                records.append(
                    {
                        "id": f"t{seed}-{hours:.0f}-{kind}-{event}-{n}",
                        "title": title,
                        "summary": "" if seed % 3 == 2 or chance.random() < 0.3 else summary,
                        "source": f"p{n}.example",
                        "published": published.isoformat(),
                        "lang": "en",
                        "story": f"{kind}-{event}",
                    }
                )
    return _stream(sorted(records, key=lambda record: (str(record["published"]), str(record["id"]))))


def _filling(chance: random.Random) -> dict[str, object]:
    (f, g), (a, b) = chance.sample(FIRMS, 2), chance.sample(TEAMS, 2)
    lists = {"c": PLACES, "l": LANDS, "p": PEOPLE, "m": FILMS, "t": THINGS, "v": VEHICLES, "w": WORKERS}
    chosen: dict[str, object] = {letter: chance.choice(each) for letter, each in lists.items()}
    numbers = {"k": chance.randint(2, 60), "n": chance.randint(100, 9000), "x": chance.randint(0, 7)}
    return chosen | numbers | {"y": chance.randint(0, 9), "f": f, "g": g, "a": a, "b": b}
