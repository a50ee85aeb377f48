"""What the maker of a long export is told."""

from django.utils.translation import gettext as _

from office.exports.wording import failure


def _done(params):
    words = {"title": params["title"], "rows": f"{params['rows']:,}"}
    return _("The export “%(title)s” is ready: %(rows)s rows.") % words


def _failed(params):
    return _("The export “%(title)s” could not be made. %(why)s") % {
        "title": params["title"],
        "why": failure(params["error"]),
    }


NOTICE_WORDS = {"export_done": _done, "export_failed": _failed}
