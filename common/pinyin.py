"""Names to pinyin for the search columns: surnames read as surnames (单 is shan, not dan), ASCII only.

pypinyin is imported on first use: it costs 56 MB of memory, and a process that only reads pages never needs it.
"""

import functools
import re
import unicodedata

from common.companies import is_company

FULL_LENGTH = 160  # of the columns that hold the results; longer names are cut
INITIALS_LENGTH = 40

# Surnames that a general dictionary reads wrong, with the reading most bearers use.
# Of regional second readings (盖 gai, 覃 tan, 乐 le, 牟 mu, 隗 kui) only one can be stored.
_SURNAMES = """
单shan 單shan 曾zeng 仇qiu 解xie 朴piao 查zha 区ou 區ou 盖ge 蓋ge 覃qin 任ren 乐yue 樂yue 员yun 員yun 贠yun 缪miao 繆miao
折she 种chong 繁po 秘bi 洗xian 尉wei 祭zhai 召shao 那na 能nai 谌chen 諶chen 晟cheng 隗wei 郗xi 郇xun 佴nai 厍she 黑he
牟mou 宁ning 曲qu 应ying 石shi 谷gu 卜bu 薄bo 沈shen 盛sheng 殷yin 乜nie 句gou 藏zang 角jue 燕yan 鲜xian 叶ye
都du 过guo 贾jia 宿su 行xing 相xiang 占zhan 翟zhai 葛ge 华hua 纪ji 宓mi 阚kan 车che 万wan
"""
SURNAMES = {entry[0]: entry[1:] for entry in _SURNAMES.split()}
_DOUBLE = """
欧阳ou,yang 歐陽ou,yang 令狐ling,hu 尉迟yu,chi 尉遲yu,chi 万俟mo,qi 上官shang,guan 司马si,ma 司徒si,tu 司空si,kong 诸葛zhu,ge
东方dong,fang 皇甫huang,fu 长孙zhang,sun 宇文yu,wen 慕容mu,rong 夏侯xia,hou 公孙gong,sun 轩辕xuan,yuan 钟离zhong,li
闻人wen,ren 澹台tan,tai 公冶gong,ye 宗政zong,zheng 濮阳pu,yang 淳于chun,yu 太叔tai,shu 申屠shen,tu 仲孙zhong,sun
赫连he,lian 呼延hu,yan 鲜于xian,yu 闾丘lv,qiu 拓跋tuo,ba 独孤du,gu 南宫nan,gong 西门xi,men 端木duan,mu 百里bai,li
东郭dong,guo 贺兰he,lan 完颜wan,yan 耶律ye,lv 纳兰na,lan 亓官qi,guan 乐正yue,zheng 漆雕qi,diao 夹谷jia,gu 宰父zai,fu
谷梁gu,liang 段干duan,gan 梁丘liang,qiu 左丘zuo,qiu 公西gong,xi 羊舌yang,she 第五di,wu
"""
DOUBLE_SURNAMES = {entry[:2]: tuple(entry[2:].split(",")) for entry in _DOUBLE.split()}
# A person's name has at most a two-character surname and a two-character given name; longer Chinese text is a company.
PERSON_LENGTH = 4

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{1,3}")


@functools.cache
def _dictionary():
    import pypinyin
    from pypinyin.constants import PHRASES_DICT

    def read(text):
        return pypinyin.lazy_pinyin(text, style=pypinyin.Style.NORMAL, v_to_u=False, errors="ignore")

    return read, PHRASES_DICT


@functools.cache
def _character(han: str) -> tuple[str, ...]:
    return tuple(_dictionary()[0](han))


def _read(text: str) -> tuple[str, ...]:
    """The syllables of Chinese text; words of the dictionary as words. Characters unknown to it are left out."""
    read, phrases = _dictionary()
    if len(text) < 2 or (len(text) == 2 and text not in phrases):
        return tuple(syllable for han in text for syllable in _character(han))
    return tuple(read(text))


def _read_person(name: str) -> tuple[str, ...]:
    if len(name) > 2 and name[:2] in DOUBLE_SURNAMES:
        return DOUBLE_SURNAMES[name[:2]] + _read(name[2:])
    if name in DOUBLE_SURNAMES:
        return DOUBLE_SURNAMES[name]
    surname = SURNAMES.get(name[0])
    if surname:
        return (surname,) + _read(name[1:])
    phrases = _dictionary()[1]
    if name[:2] in phrases or name[:3] in phrases:  # a short company: 长安汽车, 重庆饭店
        return _read(name)
    return _character(name[0]) + _read(name[1:])


def plain(text: str) -> str:
    """Lower-case, full-width forms and accents folded: how names and search words are compared."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(mark for mark in folded if not unicodedata.combining(mark))


@functools.lru_cache(50_000)
def pinyin_of(name: str) -> tuple[str, str]:
    """(full, initials) of a name, lower-case ASCII letters and digits only, cut to the length of their columns.

    "单雄信" → ("shanxiongxin", "sxx"); ü is v, as it is typed: "吕布" → ("lvbu", "lb"). Latin words among Chinese ones
    stay whole in both ("ABC汽车" → "abcqiche", "abcqc"); a wholly Latin name gives the first letter of each word
    ("Wang Wei" → "wangwei", "ww"). Text without any readable sign gives ("", "").
    """
    if _SHORT_NAME.fullmatch(name):
        # Nearly all names; an import has them by the hundred thousand.
        syllables = _read_person(name)
        return "".join(syllables)[:FULL_LENGTH], "".join([syllable[0] for syllable in syllables])[:INITIALS_LENGTH]
    text = plain(name)
    runs = _RUNS.findall(text)
    han_count = sum(len(run) for run in runs if _IS_HAN.match(run))
    # "艾山·买买提" is not surname and given name.
    is_person = 0 < han_count <= PERSON_LENGTH and "·" not in text and not is_company(name)
    full, initials = [], []
    for position, run in enumerate(runs):
        if _IS_HAN.match(run):
            syllables = _read_person(run) if is_person and position == 0 else _read(run)
            full.extend(syllables)
            initials.extend(syllable[0] for syllable in syllables)
        else:
            full.append(run)
            initials.append(run if han_count or run.isdigit() else run[0])
    return "".join(full)[:FULL_LENGTH], "".join(initials)[:INITIALS_LENGTH]
