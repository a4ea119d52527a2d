import gzip
import os
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.web.files import Folder


def write(folder: Path, name: str, body: str = "body") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body)
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path, "secret.txt", "SECRET")
    write(tmp_path, "site/index.html", "<p>front</p>")
    write(tmp_path, "site/s/abc.html", "<p>story</p>")
    write(tmp_path, "site/.top.atom.123", "HALF")
    write(tmp_path, "site/.git/config", "HIDDEN")
    (tmp_path / "site/out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "site/hidden.txt").symlink_to(tmp_path / "site/.git/config")
    (tmp_path / "site/loop.txt").symlink_to(tmp_path / "site/loop.txt")
    (tmp_path / "site/up").symlink_to(tmp_path)
    (tmp_path / "site/story.html").symlink_to("s/abc.html")
    os.mkfifo(tmp_path / "site/pipe")
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("", b"<p>front</p>"),
        ("index.html", b"<p>front</p>"),
        ("s/abc.html", b"<p>story</p>"),
        ("story.html", b"<p>story</p>"),  # a link that stays inside
    ],
)
def test_what_may_be_seen(site: Path, name: str, body: bytes) -> None:
    served = Folder(site).read(name)
    assert served is not None
    assert served.body == body


@pytest.mark.parametrize(
    "name",
    [
        "nothing.html", "s", "s/", "/index.html", "//index.html", "s//abc.html", "index.html/", "index.html/x",
        "../secret.txt", "s/../../secret.txt", "s/../index.html", "./index.html", "..", ".",
        "..\\secret.txt", "s\\abc.html", "index.html\0", "\0", "%2e%2e/secret.txt", "a" * 5000, "/etc/passwd",
        ".top.atom.123", ".git/config", "out.txt", "hidden.txt", "loop.txt", "up/secret.txt", "pipe", "\ud800",
    ],
)  # fmt: skip
def test_what_may_not_be_seen(site: Path, name: str) -> None:
    assert Folder(site).read(name) is None


def test_a_missing_folder_has_nothing(tmp_path: Path) -> None:
    assert Folder(tmp_path / "none").read("") is None


@settings(max_examples=200)
@given(
    parts=st.lists(
        st.one_of(st.sampled_from(["..", ".", "", "s", "up", "secret.txt", "out.txt", "\\"]), st.text(max_size=5))
    )
)
def test_no_path_leaves_the_folder(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    root = tmp_path_factory.getbasetemp() / "walk"
    if not root.exists():
        write(root, "secret.txt", "SECRET")
        write(root, "site/s/index.html", "fine")
        (root / "site/up").symlink_to(root)
        (root / "site/out.txt").symlink_to(root / "secret.txt")
    served = Folder(root / "site").read("/".join(parts))
    assert served is None or served.body == b"fine"


@pytest.mark.parametrize(
    ("name", "body", "media_type"),
    [
        ("top.atom", "<feed/>", "application/atom+xml; charset=utf-8"),
        ("top.rss", "<rss/>", "application/rss+xml; charset=utf-8"),
        ("top.json", '{"version": "https://jsonfeed.org/version/1.1"}', "application/feed+json; charset=utf-8"),
        ("status.json", '{"articles": 1}', "application/json"),
        ("feeds.opml", "<opml/>", "text/x-opml; charset=utf-8"),
        ("a.html", "<p>", "text/html; charset=utf-8"),
        ("a.css", "a{}", "text/css; charset=utf-8"),
        ("a.svg", "<svg/>", "image/svg+xml"),
        ("a.exe", "x", "application/octet-stream"),
    ],
)
def test_media_types(tmp_path: Path, name: str, body: str, media_type: str) -> None:
    write(tmp_path, name, body)
    served = Folder(tmp_path).read(name)
    assert served is not None
    assert served.media_type == media_type


def test_validators_follow_the_bytes(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = write(tmp_path, "a.html", "one" * 500)
    first = folder.read("a.html")
    assert first is not None
    assert folder.read("a.html") is first, "kept in memory"
    assert list(first.packed) == ["br", "gzip"]
    assert gzip.decompress(first.packed["gzip"]) == first.body
    assert brotli.decompress(first.packed["br"]) == first.body
    assert len({first.etag, *map(first.etag_of, first.packed)}) == 3, "each coding has a tag of its own"
    assert first.etag_of("") == first.etag

    # the same size and modification time, as a writer makes it that stamps files with the date of their content
    stamp = path.stat().st_mtime_ns
    fresh = write(tmp_path, ".a.html.1", "two" * 500)
    os.utime(fresh, ns=(stamp, stamp))
    fresh.replace(path)
    second = folder.read("a.html")
    assert second is not None
    assert second.body == b"two" * 500
    assert second.etag != first.etag
    assert second.modified_at == first.modified_at

    write(tmp_path, "a.html", "one" * 500)
    third = folder.read("a.html")
    assert third is not None
    assert (third.etag, third.packed) == (first.etag, first.packed), "same bytes, same tag"


def test_small_and_packed_files_are_not_packed(tmp_path: Path) -> None:
    write(tmp_path, "small.html", "x")
    write(tmp_path, "a.png", "x" * 5000)
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 2)
    folder = Folder(tmp_path)
    for name in ("small.html", "a.png"):
        served = folder.read(name)
        assert served is not None
        assert served.packed == {}


def test_memory_is_bounded(tmp_path: Path) -> None:
    folder = Folder(tmp_path, cache_bytes=10_000)
    for i in range(20):
        write(tmp_path, f"{i}.png", "x" * 2000)
    write(tmp_path, "large.png", "x" * 9000)
    first = folder.read("0.png")
    for i in range(20):
        assert folder.read(f"{i}.png") is not None
    last, again = folder.read("19.png"), folder.read("19.png")
    assert last is again
    assert folder.read("0.png") is not first, "the oldest left"
    assert folder.read("large.png") is not folder.read("large.png"), "too large to be kept"
    assert folder.read("19.png") is last


META = '<!doctype html><head><meta http-equiv="Content-Security-Policy" content="{}"><title>x</title>'


@pytest.mark.parametrize(
    ("page", "policy"),
    [
        (META.format("img-src &#39;none&#39;; script-src 'sha256-abc='"), "img-src 'none'; script-src 'sha256-abc='"),
        ("<title>&lt;meta http-equiv=&quot;Content-Security-Policy&quot; content=&quot;x&quot;&gt;</title>", ""),
        (META.format("a&#10;Set-Cookie: b"), ""),
        ("x" * 5000 + META.format("default-src *"), ""),
        ("<p>", ""),
    ],
)  # fmt: skip
def test_a_page_brings_its_policy(tmp_path: Path, page: str, policy: str) -> None:
    write(tmp_path, "a.html", page)
    served = Folder(tmp_path).read("a.html")
    assert served is not None
    assert served.policy == policy
