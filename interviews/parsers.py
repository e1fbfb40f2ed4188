"""Reading what an interview is set up with: JSON, or a form with files."""

from django.conf import settings

from interview_trainer.parsers import BoundedFormParser


class DocumentFormParser(BoundedFormParser):
    """A form with a job description and a résumé, each a file or a text."""

    files = 2
    file_noun = "document"

    def max_file_bytes(self) -> int:
        return int(settings.DOCUMENT_MAX_BYTES)
