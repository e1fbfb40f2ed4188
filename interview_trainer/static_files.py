"""Static files as they are served in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedStaticStorage(CompressedManifestStaticFilesStorage):
    """Compressed, with hashed names, also where one JavaScript module imports another.

    Otherwise a browser would mix modules of two releases, and load what two pages import twice.
    """

    support_js_module_import_aggregation = True
