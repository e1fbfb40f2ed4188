"""docs/security.md names files that are there."""

import re

from tests.live import PROJECT

TEXT = (PROJECT / "docs" / "security.md").read_text()
FILES = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", TEXT)


def test_every_file_that_is_named_is_there():
    assert len(FILES) > 60
    assert [name for name in FILES if not (PROJECT / name).exists()] == []


def test_every_requirement_is_named_once():
    named = re.findall(r"^\| (V[^|]*?) [a-z]", TEXT, re.MULTILINE)
    single = [each for row in named for each in re.findall(r"V\d+\.\d+\.\d+", row)]
    assert len(single) == len(set(single))
