"""Static files, without the thousands of single icons and the variants nobody loads that ship in the packages.

The source maps of what is loaded stay: hashing a file fails where it names a map that is missing.
"""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class StaticFilesConfig(DjangoStaticFilesConfig):
    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        "bootstrap-icons",
        "*rtl*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.min.js*",
        "bootstrap.bundle.js*",
        "bootstrap-grid*",
        "bootstrap-reboot*",
        "bootstrap-utilities*",
        "bootstrap.esm*",
        "ext",  # of django_htmx: extensions nobody loads
        "htm*-4*",
    ]
