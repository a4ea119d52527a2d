"""The rooms as ARCHITECTURE.md draws them: who may import whom, what is pure, where a third-party package is named."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "aggregator"
GROUND = {"model", "dataclass", "errors", "text", "subtag", "markup", "detector"}
ROOMS = {"intake", "stories", "summaries", "outputs", "store", "engine", "web", "demo"}
PURE = {
    "text.py",
    "subtag.py",
    "detector.py",
    "markup/__init__.py",
    "markup/addresses.py",
    "markup/attributes.py",
    "markup/cleaning.py",
    "markup/plain.py",
    "markup/sanitising.py",
    "markup/tags.py",
    "markup/tidy.py",
    "model/__init__.py",
    "model/answer.py",
    "model/article.py",
    "model/feed.py",
    "model/moment.py",
    "model/output.py",
    "model/push.py",
    "model/source.py",
    "model/story.py",
    "model/summary.py",
    "model/view.py",
    "intake/schedule.py",
    "intake/identity.py",
    "intake/filters.py",
    "intake/urls.py",
    "intake/reading/parse.py",
    "intake/reading/dates.py",
    "intake/finding/discover.py",
    "intake/fetching/addresses.py",
    "intake/reading/encoding.py",
    "intake/reading/fast.py",
    "intake/reading/fast_elements.py",
    "intake/reading/fast_names.py",
    "intake/reading/fast_people.py",
    "intake/reading/fast_state.py",
    "intake/reading/entries.py",
    "intake/fetching/decoding.py",
    "intake/fetching/asking.py",
    "intake/fetching/answer.py",
    "intake/reading/chunks.py",
    "intake/fetching/freshness.py",
    "intake/reading/limits.py",
    "intake/reading/month_names.py",
    "intake/hubs/link_header.py",
    "intake/finding/opml.py",
    "intake/reading/parse_json.py",
    "intake/reading/paywall.py",
    "intake/hubs/pushed.py",
    "intake/reading/rescue.py",
    "intake/reading/tolerant.py",
    "intake/reading/usual_dates.py",
    "intake/hubs/websub.py",
}
PURE_ROOMS = {"stories", "summaries", "outputs"}
# What writes files; the model's answers over the network and in a file.
IMPURE = {"outputs/write.py", "summaries/llm/memory.py", "summaries/llm/post.py"}
IMPURE_MODULES = {"os", "pathlib", "time", "random", "uuid", "socket", "sqlite3", "threading", "logging", "secrets"}
STANDARD = set(__import__("sys").stdlib_module_names)

MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(PACKAGE)) for path in MODULES]


def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, whole (``aggregator.intake.reading.parse``)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own(path: Path) -> set[str]:
    """Return the first part below ``aggregator`` of everything of ours that a module imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("aggregator.")}


@pytest.mark.parametrize("name", NAMES)
def test_rooms_stand_on_the_ground_and_never_import_each_other(name: str) -> None:
    room = name.split("/")[0].removesuffix(".py")
    path = PACKAGE / name
    if room in GROUND:
        assert own(path) <= GROUND, f"the ground imports upwards: {own(path) - GROUND}"
    elif room in ROOMS:
        allowed = GROUND | {room} | {"__version__"}
        assert own(path) <= allowed, f"{room} imports {own(path) - allowed}"


@pytest.mark.parametrize("name", sorted(PURE | {n for n in NAMES if n.split("/")[0] in PURE_ROOMS} - IMPURE))
def test_pure_modules_do_no_io_and_read_no_clock(name: str) -> None:
    path = PACKAGE / name
    roots = {each.split(".")[0] for each in imports(path)}
    assert not roots & IMPURE_MODULES
    source = path.read_text(encoding="utf-8")
    assert ".now(" not in source, "reads a clock"
    assert ".utcnow(" not in source, "reads a clock"
    assert "hash(" not in source.replace("content_hash(", "").replace("_hash(", ""), "hash() differs in each process"


def test_every_pure_module_named_here_exists() -> None:
    assert sorted((PURE | IMPURE) - set(NAMES)) == []


def test_a_third_party_package_is_named_in_one_room() -> None:
    rooms_by_package: dict[str, set[str]] = {}
    for name in NAMES:
        room = name.split("/")[0].removesuffix(".py")
        for each in imports(PACKAGE / name):
            root = each.split(".")[0]
            if root and root not in STANDARD and root != "aggregator":
                rooms_by_package.setdefault(root, set()).add(room)
    # lxml is the XML of two rooms: intake reads with it, outputs write with it. brotli: intake reads it, web writes it.
    shared = {"lxml", "brotli"}
    assert {
        package: rooms for package, rooms in rooms_by_package.items() if len(rooms) > 1 and package not in shared
    } == {}


def test_sql_stands_in_the_store_only() -> None:
    words = ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE")
    guilty = [
        name
        for name in NAMES
        if not name.startswith("store/") and any(word in (PACKAGE / name).read_text(encoding="utf-8") for word in words)
    ]
    assert guilty == []


def test_the_clock_is_read_where_a_run_begins_and_nowhere_else() -> None:
    readers = [name for name in NAMES if "datetime.now(" in (PACKAGE / name).read_text(encoding="utf-8")]
    # The engine waits for real moments; everything else is handed the time.
    assert readers == ["app.py", "engine/local.py"]
