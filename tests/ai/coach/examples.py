"""Reads the table of conversations in `examples.toml`, which says what each column means."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class Example(NamedTuple):
    name: str
    question: str
    answer: str
    asks: str


TABLE = Path(__file__).with_name("examples.toml").read_text(encoding="utf-8")
EXAMPLES = tuple(Example(**row) for row in tomllib.loads(TABLE)["examples"])
