"""Make the mean vectors of ``aggregator/stories/priors.py`` and print them as its table.

    python benchmarks/stories_priors.py [--encoder use|e5] FEEDS_DIRECTORY FILE.jsonl ...

Takes up to 120 different texts a language from a folder of feed files (at most 8 a feed, detected language as declared)
and the articles of labelled streams (the first 120 of a stream). Seeded; a language with fewer than 6 texts is left
out. The shipped table of "use" is of an earlier form of this script, which cut tags by a pattern and took whole
streams.
"""

import argparse
import base64
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aggregator import markup, text
from aggregator.intake.reading.parse import parse
from aggregator.model import ParsedFeed
from aggregator.stories.encoder import ENCODERS, MAX_TEXT, encoded_text, pack
from aggregator.stories.stream import read_article

N_TEXTS, N_OF_FEED, MIN_TEXTS = 120, 8, 6
SHRUNK_BY = 8  # texts of the mean of all languages


def texts_of_feeds(directory: Path) -> dict[str, list[str]]:
    """Read the texts of a folder of feed files by language."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        feed = parse(file.read_bytes())
        if not isinstance(feed, ParsedFeed):
            continue
        for article in feed.articles[:N_OF_FEED]:
            body = markup.to_text(article.summary or article.content)
            lang = text.language(f"{article.title}\n{body}")
            declared = text.language("", article.lang or feed.lang)
            if declared == lang != "und":
                found[lang].setdefault(f"{article.title}. {' '.join(body.split())}"[:MAX_TEXT])
    chance = random.Random(1)
    return {lang: chance.sample(list(texts), min(len(texts), N_TEXTS)) for lang, texts in sorted(found.items())}


def main(arguments: Sequence[str]) -> int:
    """Print a line a language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", type=Path)
    parser.add_argument("streams", nargs="*", type=Path)
    parser.add_argument("--encoder", choices=sorted(ENCODERS), default="use")
    asked = parser.parse_args(arguments)
    texts = defaultdict(list, texts_of_feeds(asked.feeds))
    for file in asked.streams:
        lines = file.read_text(encoding="utf-8").splitlines()
        for article in [read_article(json.loads(line), n) for n, line in enumerate(lines[:N_TEXTS])]:
            texts[article.lang].append(encoded_text(article))
    encoder = ENCODERS[asked.encoder]()
    sums = {lang: encoder.encode(held).sum(axis=0) for lang, held in texts.items() if len(held) >= MIN_TEXTS}
    every = np.mean([total / len(texts[lang]) for lang, total in sums.items()], axis=0)
    means = {"": every} | {
        lang: (total + SHRUNK_BY * every) / (len(texts[lang]) + SHRUNK_BY) for lang, total in sorted(sums.items())
    }
    for lang, packed in zip(means, pack(np.array(list(means.values()))), strict=True):
        print(f'"{lang}": "{base64.b85encode(packed).decode()}",')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
