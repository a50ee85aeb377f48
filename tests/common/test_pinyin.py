"""Names are found by how people say and type them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pinyin import DOUBLE_SURNAMES, FULL_LENGTH, INITIALS_LENGTH, SURNAMES, pinyin_of


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("王建国", "wangjianguo", "wjg"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("單雄信", "shanxiongxin", "sxx"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("朴树", "piaoshu", "ps"),
        ("查良镛", "zhaliangyong", "zly"),
        ("区家麟", "oujialin", "ojl"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("覃建军", "qinjianjun", "qjj"),
        ("乐嘉", "yuejia", "yj"),
        ("缪杰", "miaojie", "mj"),
        ("种师道", "chongshidao", "csd"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟洛", "moqiluo", "mql"),
        ("令狐冲", "linghuchong", "lhc"),
        ("欧阳锋", "ouyangfeng", "oyf"),
        ("欧阳", "ouyang", "oy"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("单先生", "shanxiansheng", "sxs"),
        ("单", "shan", "s"),
        ("吕绿", "lvlv", "ll"),
        ("王重阳", "wangchongyang", "wcy"),  # a word of the dictionary inside a name
        ("龘龘", "dada", "dd"),
    ],
)
def test_a_person_is_read_with_the_surname_as_a_surname(name, full, initials):
    assert pinyin_of(name) == (full, initials)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("重庆长安汽车有限公司", "chongqingchanganqicheyouxiangongsi", "cqcaqcyxgs"),
        ("盖州市汽车队", "gaizhoushiqichedui", "gzsqcd"),  # 盖 is no surname here
        ("长安汽车", "changanqiche", "caqc"),
        ("重庆饭店", "chongqingfandian", "cqfd"),
        ("解放日报社", "jiefangribaoshe", "jfrbs"),
        ("上海ABC汽车租赁有限公司", "shanghaiabcqichezulinyouxiangongsi", "shabcqczlyxgs"),
        ("４Ｓ店", "4sdian", "4sd"),
        ("Wang Wei", "wangwei", "ww"),
        ("José García", "josegarcia", "jg"),
        ("3M China", "3mchina", "3c"),
        ("艾山·买买提", "aishanmaimaiti", "asmmt"),
        ("王 小明", "wangxiaoming", "wxm"),
        ("（车主）", "chezhu", "cz"),
        ("", "", ""),
        ("…—·", "", ""),
        ("Иван", "", ""),
    ],
)
def test_companies_latin_names_and_noise(name, full, initials):
    assert pinyin_of(name) == (full, initials)


def test_the_table_of_surnames_is_well_formed():
    assert len(SURNAMES) >= 45
    for surname, reading in SURNAMES.items():
        assert len(surname) == 1
        assert reading.isascii()
        assert reading.isalpha(), surname
        assert pinyin_of(surname + "明") == (reading + "ming", reading[0] + "m")
    for surname, readings in DOUBLE_SURNAMES.items():
        assert len(surname) == len(readings) == 2
        assert pinyin_of(surname + "明")[0] == "".join(readings) + "ming"


@given(st.text(max_size=200))
def test_any_text_gives_ascii_that_fits_the_columns(text):
    full, initials = pinyin_of(text)
    assert full.isascii()
    assert full == full.lower()
    assert full == "" or full.isalnum()
    assert len(full) <= FULL_LENGTH
    assert initials == "" or (initials.isascii() and initials.isalnum())
    assert len(initials) <= INITIALS_LENGTH


def test_the_heavy_dictionary_is_loaded_only_when_a_name_is_read():
    program = "import sys, common.pinyin; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
