"""Documents that were made to do harm. Each is made when asked for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from tests.hostile.recordings import wav
from tests.interviews import files
from tests.interviews.files import NURSE, assembled, body_xml, docx_with, make_docx, make_pdf

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def pdf_of_itself() -> bytes:
    """A tree of pages that is its own branch."""
    return assembled([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def pdf_of_many_pages() -> bytes:
    """The same page, a hundred thousand times."""
    kids = b"3 0 R " * 100_000
    return assembled(
        [CATALOG, b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % kids, PAGE, b"null"]
    )


def pdf_that_counts_wrongly() -> bytes:
    return make_pdf(NURSE).replace(b"/Count 1", b"/Count 9999999999")


def pdf_whose_form_draws_itself() -> bytes:
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 5"
        b" /Resources << /XObject << /F 5 0 R >> >> >>\nstream\n/F Do\nendstream"
    )
    page = PAGE.replace(b">>", b"/Resources << /XObject << /F 5 0 R >> >> >>")
    content = b"<< /Length 5 >>\nstream\n/F Do\nendstream"
    return assembled([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content, form])


def pdf_whose_length_is_itself() -> bytes:
    content = b"<< /Length 4 0 R >>\nstream\n() Tj\nendstream"
    return assembled([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, content])


def deep_pdf() -> bytes:
    return assembled([b"<< /Type /Catalog /Pages 2 0 R /X %s >>" % (b"[" * 200_000), b"null"])


def archive(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries:
            target.writestr(name, content)
    return out.getvalue()


def zip_that_says_less() -> bytes:
    """The directory says one byte; sixty megabytes are there."""
    whole = docx_with("word/document.xml", body_xml("<w:p/>" * 8_000_000))
    size = len(body_xml("<w:p/>" * 8_000_000)).to_bytes(4, "little")
    return whole.replace(size, b"\1\0\0\0")


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "null bytes": lambda: bytes(10_000),
    "no text in any encoding": lambda: b"\xff\xfe\x00\xd8" * 1_000,
    "a script": lambda: b"<script>alert(1)</script>",
    "a sound": wav,
    "a PDF that is a zip": lambda: make_pdf(NURSE) + make_docx(NURSE),
    "a zip that is a PDF": lambda: make_docx(NURSE) + make_pdf(NURSE),
    "half a PDF": lambda: make_pdf(NURSE)[:300],
    "a PDF that is packed thrice": lambda: files.pdf_bomb(3),
    "a PDF that is slow": files.slow_pdf,
    "a PDF of itself": pdf_of_itself,
    "a PDF of many pages": pdf_of_many_pages,
    "a PDF that counts wrongly": pdf_that_counts_wrongly,
    "a PDF that draws itself": pdf_whose_form_draws_itself,
    "a PDF whose length is itself": pdf_whose_length_is_itself,
    "a PDF that is deep": deep_pdf,
    "a locked PDF": lambda: files.locked_pdf("secret"),
    "half a DOCX": lambda: make_docx(NURSE)[:3_000],
    "a DOCX that bursts": files.zip_bomb,
    "a DOCX that says less": zip_that_says_less,
    "a DOCX of entities": files.entity_bomb,
    "a DOCX that shows a file": files.outside_entity,
    "a DOCX that is deep": files.deep_docx,
    "a DOCX that is long": files.long_docx,
    "a DOCX of no XML": lambda: docx_with("word/document.xml", b"\0" * 1_000),
    # Were it unpacked, this would be written outside of its folder.
    "a DOCX with a path": lambda: docx_with("../../../../tmp/escaped", b"x"),
    "a zip of many files": lambda: archive(*((f"{n}", b"") for n in range(20_000))),
    "a zip in a zip": lambda: archive(("word/document.xml", archive(("a", bytes(10**7))))),
    "a spreadsheet": files.spreadsheet,
}
