"""Names in old code pages are read as they were meant."""

from __future__ import annotations

import pytest

from capslab.data.guess_code_page import guess_code_page

NAMES = {
    "gbk": [
        "猫 狗",
        "猫 dog",
        "苹果 香蕉 葡萄",
        "汽车 飞机",
        "玫瑰 百合",
        "正常 肺炎",
        "长颈鹿 斑马",
        "表 里",
    ],
    "cp932": ["猫 犬", "ネコ イヌ", "りんご バナナ", "表 裏", "花 木", "良性 悪性"],
    "euc-kr": ["고양이 개", "사과 바나나", "강아지", "꽃 나무", "장미 튤립"],
    "big5": ["貓 狗", "蘋果 香蕉", "汽車 飛機", "正常 肺炎", "花 樹"],
    "cp437": ["Bär Löwe", "chat élève"],
    "cp850": ["Bär Löwe", "chat élève", "Größe klein", "niño niña", "São"],
    "cp1252": ["Bär Löwe", "chat élève", "Größe klein", "niño niña", "garçon fille"],
    "cp1251": ["кошка собака", "Кот", "машина самолёт"],
    "cp866": ["кошка собака", "Кот", "машина самолёт"],
    "cp1253": ["γάτα σκύλος"],
    "cp1254": ["kuş köpek"],
    "cp1255": ["חתול כלב"],
    "cp1256": ["قطة كلب"],
    "cp874": ["แมว หมา"],
    "utf-8": ["café", "猫", "кот", "Äpfel", "é à"],
}


@pytest.mark.parametrize(("codec", "names"), [(codec, each) for codec in NAMES for each in NAMES[codec]])
def test_names_are_read_as_they_were_meant(codec, names):
    raw = [f"{name}/1.png".encode(codec) for name in names.split()]
    guessed, _ = guess_code_page(raw)
    assert [name.decode(guessed) for name in raw] == [f"{name}/1.png" for name in names.split()]


def test_any_bytes_get_a_code_page_that_decodes_them():
    for content in (b"\xff\xfe\x80", bytes(range(128, 256)), b"\x81"):
        codec, said = guess_code_page([content])
        assert content.decode(codec)
        assert said
    assert guess_code_page([]) == guess_code_page([b"cat"]) == ("utf-8", "UTF-8")
