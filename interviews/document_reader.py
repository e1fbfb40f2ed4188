"""A program of its own that reads a PDF or a DOCX file: its libraries work on what strangers sent.

    python -I document_reader.py pdf < file

It gets no environment and bounds itself before it looks at the file, so that a file made to burst
or to run for ever ends this process and no other. The answer is one JSON object: `{"text": ...}`,
or `{"problem": one of PROBLEMS}`. It imports nothing of the project.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

MAX_SECONDS = 5
MAX_MEMORY_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_BODY_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_PAGES = 50
# More than is kept, because what is kept is cleaned first.
MAX_CHARACTERS = 200_000

BODY = "word/document.xml"
PROBLEMS = ("broken", "encrypted", "too_large", "unsupported")


class ReadingError(Exception):
    """`problem` is one of `PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


def main() -> None:
    bound()
    logging.disable()
    try:
        answer = {"text": READERS[sys.argv[1]](sys.stdin.buffer.read())}
    except ReadingError as exc:
        answer = {"problem": exc.problem}
    except MemoryError:
        answer = {"problem": "too_large"}
    except Exception:  # whatever the libraries raise at what they do not expect
        answer = {"problem": "broken"}
    sys.stdout.write(json.dumps(answer))


def bound() -> None:
    """Limits of the operating system, where it knows them."""
    limits = [
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def read_pdf(content: bytes) -> str:
    """The text of the first pages."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    reader = PdfReader(io.BytesIO(content))
    # Many files are locked against changes only, and open with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadingError("encrypted")
    try:
        return joined(page.extract_text() for page in reader.pages[:MAX_PAGES])
    except LimitReachedError as exc:
        raise ReadingError("too_large") from exc


def read_docx(content: bytes) -> str:
    """The text of the document's body: paragraphs, tables, text boxes and content controls."""
    import docx
    from lxml import etree

    check_archive(content)
    try:
        body = docx.Document(io.BytesIO(content)).element.body
    except ValueError as exc:  # another kind of Office file
        raise ReadingError("unsupported") from exc
    return joined(body_pieces(etree.iterwalk(body, events=("start",))), between="")


def check_archive(content: bytes) -> None:
    """Nothing unpacks to more than the archive says: `zipfile` stops there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise ReadingError("encrypted")
        if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_UNPACKED_BYTES:
            raise ReadingError("too_large")
        sizes = {entry.filename: entry.file_size for entry in entries}
        if BODY not in sizes:
            raise ReadingError("unsupported")
        if sizes[BODY] > MAX_BODY_BYTES:
            raise ReadingError("too_large")


def body_pieces(walker: Any) -> Iterator[str]:
    """Text, tabs and line breaks in order. What was deleted or stands there twice is left out."""
    for _, element in walker:
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name in ("Fallback", "del", "moveFrom"):
            walker.skip_subtree()
        elif name == "t":
            yield element.text or ""
        elif name == "tab":
            yield "\t"
        elif name in ("p", "br", "cr"):
            yield "\n"


def joined(pieces: Iterator[str], between: str = "\n") -> str:
    """The pieces until there are enough characters."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece) + len(between)
        if size >= MAX_CHARACTERS:
            break
    return between.join(kept)[:MAX_CHARACTERS]


READERS = {"pdf": read_pdf, "docx": read_docx}

if __name__ == "__main__":
    main()
