"""The optional writer: a model may merge, rewrite and title the evidence, and nothing it writes is trusted.

``writer`` asks and falls back, ``answer`` judges what comes back (pure), ``post`` sends, ``memory`` remembers.
"""

from aggregator.summaries.llm.memory import FileMemory, Memory, ShortMemory
from aggregator.summaries.llm.post import Post, PostFailed, Reply, http_post
from aggregator.summaries.llm.writer import Settings, Writer

__all__ = [
    "FileMemory",
    "Memory",
    "Post",
    "PostFailed",
    "Reply",
    "Settings",
    "ShortMemory",
    "Writer",
    "http_post",
]
