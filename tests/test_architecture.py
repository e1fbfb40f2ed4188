"""Imports point one way: `interviews -> ai -> users`. See docs/architecture.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

# What each package may import of the others. `interview_trainer` is the ground that all stand on.
ALLOWED: dict[str, set[str]] = {
    "interview_trainer": set(),
    "users": {"interview_trainer"},
    "ai": {"interview_trainer", "users"},
    "interviews": {"interview_trainer", "users", "ai"},
    "background": {"interview_trainer", "users"},
    "debugtools": {"interview_trainer", "users", "ai", "interviews"},
}
PACKAGES = {*ALLOWED, "tests", "benchmarks"}
# The modules of the ground that know apps: the routes know all, the server warms the models and
# starts the workers.
EXCEPTIONS = {
    "interview_trainer/urls.py": {"users", "ai", "interviews", "debugtools"},
    "interview_trainer/gunicorn_conf.py": {"ai", "background"},
}


def modules() -> Iterator[Path]:
    for package in ALLOWED:
        yield from (PROJECT / package).rglob("*.py")


def imported_names(module: Path) -> Iterator[str]:
    """Every dotted name that the module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide what depends on what"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    "module", sorted(modules()), ids=lambda path: str(path.relative_to(PROJECT))
)
def test_imports_point_one_way(module):
    place = module.relative_to(PROJECT)
    allowed = ALLOWED[place.parts[0]] | EXCEPTIONS.get(str(place), set()) | {place.parts[0]}
    imported = {name.partition(".")[0] for name in imported_names(module)}
    assert imported & PACKAGES <= allowed


def test_only_paid_operations_get_a_provider():
    users_of_it = {
        str(module.relative_to(PROJECT))
        for module in modules()
        if "ai.providers.registry.get_provider" in imported_names(module)
    }
    assert users_of_it <= {"ai/operations.py"}


def test_providers_are_imported_by_the_registry_alone_by_name():
    """A provider class that is imported directly could be called without paying."""
    shared = {"ai.providers.base", "ai.providers.registry"}
    for module in modules():
        if module.parent.name == "providers" or "providers" in module.parts:
            continue
        for name in imported_names(module):
            if name.startswith("ai.providers."):
                assert name.rpartition(".")[0] in shared, f"{module} imports {name}"
