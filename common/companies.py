"""Is the owner a company? Told by the words of its name (DOMAIN §3.2)."""

import re

# Words that end, or stand in, the names of companies and public bodies and in no person's name.
_ANYWHERE = re.compile(
    r"公司|集团|租赁|有限|股份|事务所|合作社|委员会|管理处|服务部|经营部|工程队|研究所|研究院|设计院|医院|学校|大学|中学|小学|幼儿园"
    r"|银行|酒店|宾馆|商行|商店|超市|工厂|协会|基金会|俱乐部|办事处|工作室|中心|政府|机关|法院|检察院|派出所|Co\.|Ltd|Inc\b|LLC",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(r".{3,}[厂局院所店部社站队处]$")


def is_company(name: str) -> bool:
    """True for names like 上海某某贸易有限公司, 浦东新区税务局, 第二机床厂; false for persons (and for 李厂)."""
    if len(name) < 4:
        return False
    return bool(_ANYWHERE.search(name) or (not name.isascii() and _AT_THE_END.search(name)))
