"""Documents to upload: sound ones, and ones that were made to do harm."""

import io
import zipfile
import zlib

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfReader, PdfWriter

NURSE = "Ward nurse with six years on a stroke unit."
SKILLS = "Blood pressure, observation, near miss reports"


def make_pdf(*lines: str, stream: bytes = b"", filters: str = "", pages: int = 1) -> bytes:
    """A PDF with the lines on each page, or with a content stream of its own."""
    shown = "".join(f"({line}) Tj T* " for line in lines)
    content = stream or f"BT /F1 12 Tf 14 TL 40 800 Td {shown}ET".encode("latin-1")
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(content)} {filters}>>\nstream\n".encode() + content + b"\nendstream",
    ]
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    return assembled([*objects, *[page] * pages])


def assembled(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(out))
    )


def locked_pdf(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(NURSE))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_bomb(layers: int) -> bytes:
    """Spaces, packed so often: each layer makes them about a thousand times smaller."""
    packed = b"(" + b" " * (90 * 1024 * 1024) + b") Tj"
    for _ in range(layers):
        packed = zlib.compress(packed, 9)
    return make_pdf(stream=packed, filters=f"/Filter [{'/FlateDecode ' * layers}] ")


def slow_pdf() -> bytes:
    """Fifty pages of a third of a million commands that write nothing."""
    commands = b"BT /F1 12 Tf " + b"() Tj " * 300_000 + b"ET"
    return make_pdf(stream=zlib.compress(commands), filters="/Filter /FlateDecode ", pages=50)


def make_docx(*paragraphs: str, row: tuple[str, ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if row:
        table = document.add_table(rows=1, cols=len(row))
        for cell, text in zip(table.rows[0].cells, row, strict=True):
            cell.text = text
    return saved(document)


def rich_docx() -> bytes:
    """Text in a content control, in a text box with its fallback, and a deletion."""
    document = docx.Document()
    for xml in (
        "<w:p {ns}><w:sdt><w:sdtContent><w:r><w:t>in a control</w:t></w:r></w:sdtContent></w:sdt>"
        "</w:p>",
        "<w:p {ns}><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>",
        '<w:p {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r>"
        "<w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
        "<w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
    ):
        document.element.body.insert(0, parse_xml(xml.format(ns=nsdecls("w"))))
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_with(name: str, content: bytes) -> bytes:
    """A DOCX file one part of which is replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make_docx(NURSE))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, content)
    return out.getvalue()


def body_xml(inside: str, before: str = "") -> bytes:
    return f"{before}<w:document {nsdecls('w')}><w:body>{inside}</w:body></w:document>".encode()


def zip_bomb() -> bytes:
    return docx_with("word/media/image.bmp", b"\x00" * (60 * 1024 * 1024))


def deep_docx() -> bytes:
    return docx_with("word/document.xml", body_xml("<w:tbl>" * 100_000 + "</w:tbl>" * 100_000))


def long_docx() -> bytes:
    """Eight million paragraphs, a tenth of a megabyte packed."""
    return docx_with("word/document.xml", body_xml("<w:p/>" * 8_000_000))


TENFOLD = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE d [<!ENTITY a0 "lol">{TENFOLD}]>'


def entity_bomb() -> bytes:
    inside = "<w:p><w:r><w:t>before &a9; after</w:t></w:r></w:p>"
    return docx_with("word/document.xml", body_xml(inside, ENTITIES))


def outside_entity() -> bytes:
    """Would show a file of the server."""
    doctype = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    inside = "<w:p><w:r><w:t>before &x; after</w:t></w:r></w:p>"
    return docx_with("word/document.xml", body_xml(inside, doctype))


def spreadsheet() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()
