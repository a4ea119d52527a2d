from pathlib import Path

import pytest

from aggregator.config.replace import replace_config
from aggregator.errors import AggregatorError

OLD = "# mine\nfeeds = []\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "feeds.toml"
    written.write_bytes(OLD.encode())
    return written


def test_the_new_text_stands_whole_and_nothing_is_left_beside_it(path: Path) -> None:
    new = '# mine\r\nfeeds = ["https://one.example/ü"]\r\n'
    config = replace_config(path, before=OLD, after=new, environ={})
    assert path.read_bytes() == new.encode()
    assert [source.url for source in config.sources] == ["https://one.example/ü"]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (OLD, 'feed = ["https://one.example/"]', "would have mistakes(.|\n)*did you mean"),
        (OLD, "feeds = [", "would have mistakes"),
        ("feeds = []\n", "feeds = []", "changed by somebody else"),
    ],
)
def test_what_may_not_be_written_changes_nothing(path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(AggregatorError, match=words):
        replace_config(path, before=before, after=after, environ={})
    assert path.read_bytes() == OLD.encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(AggregatorError, match="no such file"):
        replace_config(tmp_path / "feeds.toml", before="", after="", environ={})
    assert list(tmp_path.iterdir()) == []
