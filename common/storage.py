"""Where collected static files lie (settings.STORAGES)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, also where one of our modules imports another: an upgrade never mixes old and new."""

    support_js_module_import_aggregation = True
