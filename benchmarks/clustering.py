"""What an article costs to place, and what it takes of memory, by how many are live.

``python -m benchmarks.clustering N`` prints a line of JSON. By words alone:
what the encoder costs is the same for every article, however many are live.
"""

import json
import os
import sys
import time

from aggregator.stories.cluster import Clusterer
from benchmarks.news import stream
from benchmarks.processes import memory_of

BATCH = 25  # articles of one build
N_MEASURED = 500  # the last ones: placed among all the others


def measure(n_articles: int) -> dict[str, float]:
    """Place so many articles by time; return what the last ones cost."""
    articles = list(stream(n_articles))
    clusterer = Clusterer()
    before = memory_of(os.getpid())
    start = time.process_time()
    measured = 0.0
    for i in range(0, len(articles), BATCH):
        began = time.process_time()
        clusterer.place(articles[i : i + BATCH], now=articles[min(i + BATCH, len(articles)) - 1].at)
        if i >= len(articles) - N_MEASURED:
            measured += time.process_time() - began
    n_last = min(N_MEASURED, n_articles)
    return {
        "ms an article": measured / n_last * 1000,
        "articles a second": n_last / measured,
        "all, s": time.process_time() - start,
        "kB an article": (memory_of(os.getpid()) - before) * 1024 / n_articles,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
