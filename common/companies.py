"""Is the owner a company? Told by the words of its name (DOMAIN §3.2)."""

import re
import unicodedata

# Words that end, or stand in, the names of companies and public bodies and in no person's name.
_ANYWHERE = re.compile(
    r"公司|集团|租赁|租车|物流|商贸|汽贸|有限|股份|事务所|合作社|委员会|管理处|服务部|经营部|工程队|研究所|研究院|设计院|医院|学校|大学|中学|小学|幼儿园"
    r"|银行|酒店|宾馆|商行|商店|超市|工厂|协会|基金会|俱乐部|办事处|工作室|中心|政府|机关|法院|检察院|派出所|Co\.|Ltd|Inc\b|LLC",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(r".{3,}[厂局院所店部社站队处]$")


_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_credit_code(text: str) -> bool:
    """Is this an 18-character unified social credit code with the right check digit (GB 32100)?"""
    if len(text) != 18 or any(char not in _CODE_LETTERS for char in text):
        return False
    total = sum(_CODE_LETTERS.index(char) * weight for char, weight in zip(text, _CODE_WEIGHTS, strict=False))
    return _CODE_LETTERS[-total % 31] == text[-1]


def is_company(name: str) -> bool:
    """True for names like 上海某某贸易有限公司, 浦东新区税务局, 第二机床厂; false for persons (and for 李厂)."""
    if len(name) < 4:
        return False
    return bool(_ANYWHERE.search(name) or (not name.isascii() and _AT_THE_END.search(name)))


# What people write behind a name, and what the same company leaves out the next time.
_TITLES = ("先生", "女士", "小姐", "老师", "师傅", "总")
_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "集团公司", "分公司", "公司", "集团")


def bare_name(name: str) -> str:
    """The name without blanks, width, brackets, forms of address and company forms, to compare with other spellings."""
    bare = re.sub(r"\(.*?\)|[\s·.]", "", unicodedata.normalize("NFKC", name)).casefold()
    endings = _FORMS if is_company(name) else _TITLES
    ending = next((ending for ending in endings if bare.endswith(ending) and len(bare) > len(ending) + 1), "")
    return bare.removesuffix(ending)


def spellings(name: str) -> set[str]:
    """Ways in which the same name is likely to be stored."""
    bare = bare_name(name)
    return {name, bare, *(bare + ending for ending in (_FORMS if is_company(name) else _TITLES))}
