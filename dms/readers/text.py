"""Which characters the bytes of a text stand for: by byte order mark, else strict UTF-8, else strict GB18030; never a guess."""

import codecs
import re

from dms.readers import Unreadable

BLOCK = 1 << 20
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]")


def encoding_of(path, head, also=()) -> str:
    """The codec of a whole file whose first bytes are `head`; GB18030 contains GBK and GB2312. Raises Unreadable: damaged
    where the text ends within a character, unknown_format where it is none.

    `also`: further codecs to try before GB18030, as a page names its own.
    """
    if head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\x00" in head:
        candidates = [_wide_codec(head)]
    else:
        candidates = ["utf-8", *also, "gb18030"]
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    decoder.decode(block)
        except UnicodeError:
            continue
        try:
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise Unreadable("damaged") from error
        return encoding
    raise Unreadable("unknown_format")


def _wide_codec(head):
    """UTF-16 without a mark has a zero byte beside each Latin letter, digit and line break. Raises Unreadable."""
    head = head[: len(head) // 2 * 2]
    codec = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    # The head may end between the two halves of a character.
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    latin = sum(1 for letter in text if letter.isascii())
    if _CONTROL.search(text) or latin * 20 < len(text):
        raise Unreadable("unknown_format")
    return codec


def decode_page(path) -> str:
    """The text of a web page; what it says of its own charset counts where it is not UTF-8. Raises Unreadable."""
    data = path.read_bytes()
    head = data[:8192]
    said = []
    if found := _META.search(head):
        try:
            name = codecs.lookup(found[1].decode("ascii")).name
            said = [] if name in ("gb2312", "gbk", "utf-8") or name.startswith("utf-16") else [name]
        except LookupError:
            pass
    try:
        encoding = encoding_of(path, head, said)
    except Unreadable as error:
        if error.code != "damaged":
            raise
        encoding = "utf-8" if _is_utf8_but_for_its_end(data) else "gb18030"
    return data.decode(encoding, "replace")


def _is_utf8_but_for_its_end(data):
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeError:
        return False
    return True
