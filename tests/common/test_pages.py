"""Where a link may lead that was made on a page which answered a form."""

import pytest

from common.pages import nearest_page


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/import/?state=done", "/import/?state=done"),
        ("/import/7/columns/", "/import/7/columns/"),
        ("/admin/", "/admin/"),
        ("/complaints/7/note/", "/complaints/7/"),
        ("/calls/cards/7/save/?x=1", "/calls/cards/7/"),
        ("/customers/phones/7/reveal/", "/customers/"),
        ("/logout/", ""),
        ("/nowhere/", ""),
        ("", ""),
    ],
)
def test_the_nearest_page_that_can_be_opened(address, page):
    assert nearest_page(address) == page
