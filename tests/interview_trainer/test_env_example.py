"""settings.py, env.example and README.md agree about what can be set."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = PROJECT / "interview_trainer" / "settings.py"
EXAMPLE = PROJECT / "env.example"

# `NAME=value`, or `# NAME=value` where the default depends on other settings.
EXAMPLE_LINE = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
# What is a secret by its name, and the addresses that have passwords in them.
SECRET_NAME = re.compile(r"(?:^|_)(?:KEYS?|FALLBACKS|SECRET|PASSWORD|TOKEN|DSN)$")
ADDRESSES_WITH_PASSWORDS = {"DATABASE_URL", "CACHE_URL", "EMAIL_URL"}
NOT_SECRET = {
    *("TEXT_FALLBACKS", "SPEECH_FALLBACKS", "TRANSCRIPTION_FALLBACKS"),
    *("LIMIT_TOKEN", "LIMIT_TIMES_PER_KEY", "STREAMS_PER_KEY"),
}
README_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)

SHOW_SETTINGS = """
import json
from interview_trainer import settings
shown = {name: repr(value) for name, value in vars(settings).items() if name.isupper()}
print(json.dumps(shown))
"""


def names_read_by_settings() -> set[str]:
    """The first argument of `env.<type>("NAME")`, `os.environ.get("NAME")`, `secret("NAME")`."""
    return names_read_by(r"env\.\w+|os\.environ\.get|secret")


def names_read_by(function: str) -> set[str]:
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(SETTINGS.read_text()))
        if isinstance(node, ast.Call)
        and re.fullmatch(function, ast.unparse(node.func))
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_env_example_has_every_variable_and_no_other():
    names = EXAMPLE_LINE.findall(EXAMPLE.read_text())
    assert sorted(names) == sorted(names_read_by_settings() - {"ENV_FILE"})


def test_the_readme_lists_every_variable_and_no_other():
    text = (PROJECT / "README.md").read_text()
    assert sorted(README_ROW.findall(text)) == sorted(names_read_by_settings())


def test_the_readme_and_env_example_have_them_in_one_order():
    first, *rest = README_ROW.findall((PROJECT / "README.md").read_text())
    assert first == "ENV_FILE"
    assert rest == EXAMPLE_LINE.findall(EXAMPLE.read_text())


def test_every_variable_of_env_example_has_a_comment():
    lines = EXAMPLE.read_text().splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if EXAMPLE_LINE.match(line):
            assert before.startswith("# ")
            assert not EXAMPLE_LINE.match(before)


def test_the_values_of_env_example_are_the_defaults(tmp_path):
    assert settings_with(EXAMPLE, tmp_path) == settings_with(Path(os.devnull), tmp_path)


def settings_with(env_file: Path, tmp_path: Path) -> dict[str, str]:
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": str(env_file),
        "DATA_DIR": str(tmp_path),
    }
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_SETTINGS],
        cwd=PROJECT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    settings: dict[str, str] = json.loads(shown.stdout)
    return settings


def test_every_secret_may_be_in_a_file_and_the_readme_names_it():
    names = {name for name in names_read_by_settings() if SECRET_NAME.search(name)}
    secrets = names - NOT_SECRET | ADDRESSES_WITH_PASSWORDS
    assert secrets == names_read_by("secret")
    text = (PROJECT / "README.md").read_text()
    listed = text[text.index("### Secrets") :].partition("\n\n")[2].partition("###")[0]
    assert secrets <= set(re.findall(r"`([A-Z_]+)`", listed))
