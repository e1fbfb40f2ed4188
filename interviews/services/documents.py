"""Reading job descriptions and résumés."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from interviews.errors import UnreadableDocumentError

# Control characters but for tab and line break, and halves of surrogate pairs.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")


def read_document(document: str | UploadedFile[bytes]) -> str:
    """The text of a document, without control characters, of at most `DOCUMENT_MAX_CHARACTERS`.

    Raises `UnreadableDocumentError`.
    """
    if not isinstance(document, str):
        raise UnreadableDocumentError
    return clean_text(document)


def clean_text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub(" ", lines).strip()[: settings.DOCUMENT_MAX_CHARACTERS]
