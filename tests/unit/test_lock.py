"""The lock holds no version with a known advisory: the least ones that are safe, each with its reason."""

import re
from pathlib import Path

import pytest

LOCKS = ("requirements.txt", "requirements-dev.txt")
ROOT = Path(__file__).parents[2]
AT_LEAST = {
    "urllib3": (2, 7),  # decompression bombs, credentials across origins
    "starlette": (1, 0, 1),  # ranges, form parsing
    "brotli": (1, 2),  # output bound while decoding
    "nh3": (0, 3, 4),  # ammonia 4.1.2: foreign content in rawtext
    "lxml": (6, 1),
    "jinja2": (3, 1, 6),
    "requests": (2, 32, 4),
    "h11": (0, 16),
}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("name", AT_LEAST)
def test_no_locked_version_is_one_with_a_known_advisory(lock: str, name: str) -> None:
    text = (ROOT / lock).read_text()
    found = re.search(rf"^{name}==([0-9.]+)", text, re.MULTILINE)
    assert found, f"{name} is not in {lock}"
    assert tuple(int(part) for part in found[1].strip(".").split(".")) >= AT_LEAST[name]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    packages = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) > 20
    assert [each.split()[0] for each in packages if "--hash=sha256:" not in each] == []
    assert "://" not in re.sub(r"#.*", "", text), "no registry host"
