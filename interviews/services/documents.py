"""Reading job descriptions and résumés: pasted text, or files told apart by their content."""

from __future__ import annotations

import codecs
import json
import re
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from interview_trainer.errors import BodyTooLargeError, UnavailableError
from interviews.errors import UnreadableDocumentError, UnsupportedDocumentError

READER = Path(__file__).parents[1] / "document_reader.py"
TIMEOUT_S = 15
# Files that one process reads at once, and how long another one waits for its turn.
READERS = BoundedSemaphore(2)
WAIT_S = 10

# Control characters but for tab and line break, halves of surrogate pairs, what is no character,
# and what changes the direction of the text around it.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]+"
)
SPACES = re.compile(r"[^\S\n]+")
EMPTY_LINES = re.compile(r"\n{3,}")

OTHER_FILES = (
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",  # what Word wrote until 2007
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
)
MOST_CONTROL_CHARACTERS = 0.02

MESSAGES = {
    "broken": "This file is damaged or not complete. Save it again, or paste the text.",
    "encrypted": "This file is locked with a password. Save it without one, or paste the text.",
    "empty": "This file is empty.",
    "no_text": "This file has no text in it, maybe it is a scan. Paste the text instead.",
    "too_slow": "This file takes too long to read. Paste the text instead.",
}


def read_document(document: str | UploadedFile[bytes]) -> str:
    """The text of a document, cleaned, of at most `DOCUMENT_MAX_CHARACTERS`.

    Raises `UnreadableDocumentError` (which says what to do), `UnsupportedDocumentError`,
    `BodyTooLargeError` or `UnavailableError`.
    """
    if isinstance(document, str):
        return clean_text(document)
    most = settings.DOCUMENT_MAX_BYTES
    if (document.size or 0) > most:
        raise BodyTooLargeError(f"A document may be at most {most:,} bytes.")
    return clean_text(read_file(document.read())) or refuse("no_text")


def read_file(content: bytes) -> str:
    if not content.strip():
        refuse("empty")
    if content.startswith(OTHER_FILES):
        raise UnsupportedDocumentError
    # Some programs write something before the mark.
    if b"%PDF-" in content[:1024]:
        return read_apart("pdf", content)
    if content.startswith(b"PK"):
        return read_apart("docx", content)
    return decode_text(content)


def read_apart(kind: str, content: bytes) -> str:
    """What `document_reader.py` reads, in a process of its own."""
    if not READERS.acquire(timeout=WAIT_S):
        raise UnavailableError("Many documents are being read; try again shortly.")
    try:
        done = subprocess.run(  # noqa: S603  # the command is ours
            [sys.executable, "-I", "-X", "utf8", str(READER), kind],
            input=content,
            capture_output=True,
            env={},
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # Not chained: the exception holds the document.
        raise UnreadableDocumentError(MESSAGES["too_slow"]) from None
    finally:
        READERS.release()
    return text_of(done.stdout)


def text_of(answer: bytes) -> str:
    """The reader's answer. One that died at its limits gave none."""
    try:
        answered: dict[str, Any] = json.loads(answer)
    except ValueError:
        refuse("too_slow")
    problem = answered.get("problem")
    if problem == "too_large":
        raise BodyTooLargeError("This file unpacks to more than can be read. Paste the text.")
    if problem == "unsupported":
        raise UnsupportedDocumentError
    if problem:
        refuse(problem)
    return str(answered["text"])


def refuse(problem: str) -> NoReturn:
    raise UnreadableDocumentError(MESSAGES[problem])


def decode_text(content: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or what Windows wrote. Raises for what is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    unwanted = sum(map(len, UNWANTED.findall(text.replace("\r", ""))))
    if unwanted > len(text) * MOST_CONTROL_CHARACTERS:
        raise UnsupportedDocumentError
    return text


def clean_text(text: str) -> str:
    """Without control characters and needless space, cut at `DOCUMENT_MAX_CHARACTERS`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    text = SPACES.sub(" ", UNWANTED.sub(" ", text))
    text = "\n".join(line.strip() for line in text.split("\n"))
    return EMPTY_LINES.sub("\n\n", text).strip()[: settings.DOCUMENT_MAX_CHARACTERS].rstrip()
