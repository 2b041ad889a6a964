"""Guesses in which code page names were written that are not UTF-8, by which one gives plausible letters.

Zips made by Windows and tables saved by Excel do not say it. Each code page is a small model of the
letters that its languages use; the one under which all names together are most probable wins. The
national standards help: in GBK, Big5 and Shift-JIS, the common characters have codes of their own.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

MOST_NAMES = 2000
SURELY_UTF8 = 4  # this many different letters beyond ASCII are valid in UTF-8 by no accident
EAST_ASIAN = ("gb18030", "cp932", "cp949", "cp950")

# The commonest first. A letter's probability falls with its rank.
_EUROPEAN = "éäöüèàáíóñçßãêôåøâúïîëæœìòùûõÿ"
_CENTRAL = "áéíóěščřžýůúłąęśćńżźőűöüäßçëîôăâșțţşđďťňĺľŕ"
_TURKISH = "ıüşöçğâîû"
_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґўђјљњћџ"
_GREEK = "αοιετσνηυρπκμλωςγδχθφβξζψάέήίόύώϊϋΐΰ"
_ARABIC = "اليمنوتربةعدسفهكقحجشطصخأذضءثزىغئإظآؤپچژگک"
_HEBREW = "יולהאמרתבשנדעקםחפטזגסןצךכףץ"
_THAI = "านรกอเมยลงสว่ตคท้ดัปะีิจหบพขใแำไุชูถ็โซผธณ์ฟศึืภญฉฐษฝฤฎฏฆฒฬฑฮ"
_CHINESE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与"
    "长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利二等产新己制身"
    "果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口条平系气题活"
    "猫狗鸟鱼虫花草树木牛羊猪马鸡鸭鹅兔虎龙蛇鼠猴熊象豹狼鹿狐苹香蕉橙葡萄桃梨瓜车船飞脸男女红绿蓝黄黑白图片照训练测试类健康病常良恶肿瘤肺炎"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所"
    "然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與"
    "長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利等產新己製身"
    "果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口條平系氣題活"
    "貓狗鳥魚蟲花草樹木牛羊豬馬雞鴨鵝兔虎龍蛇鼠猴熊象豹狼鹿狐蘋香蕉橙葡萄桃梨瓜車船飛臉男女紅綠藍黃黑白圖片照訓練測試類健康病常良惡腫瘤肺炎"
)
_KOREAN = (
    "이다는에의가을고를하은지기도로사한서자어인나시리그대아정일수부있해원보전주들제장과만것라구상스선신안였으게면오동생"
    "비마여요우조성까미모내거니무화연국유세방소개회문물분실용경관계교중공위진치발습되양말강트음명식드적때년월학달당러"
    "두바산차민와각금직심영불속저합력집적재입반천린바른랑빨초파남색할머람얼굴건행결과등후새견닭토끼뱀곰쥐소돼지호랑이"
)


@dataclass(frozen=True)
class _CodePage:
    """A code page: Python's codec, how it is called in words, and log-probabilities of its characters."""

    codec: str
    said: str
    letter: Callable[[str], float]
    prior: float = 0.0


def guess_code_page(names: Iterable[bytes]) -> tuple[str, str]:
    """Python's codec for names in an unknown code page, and what to call it.

    Parameters
    ----------
    names : names of files, or lines of a table, all in the same code page. The first 2,000 that are
        not ASCII are looked at.

    Examples
    --------
    >>> guess_code_page(["猫".encode("gbk"), "狗".encode("gbk")])
    ('gb18030', 'GBK')
    >>> guess_code_page(["Bär".encode("cp850"), "Löwe".encode("cp850")])[0]
    'cp850'
    """
    unusual = list(dict.fromkeys(name for name in names if not name.isascii()))[:MOST_NAMES]
    utf8 = _as_utf8(unusual)
    if utf8 == math.inf:
        return "utf-8", "UTF-8"
    best, codec, said = utf8, *(("utf-8", "UTF-8") if utf8 > -math.inf else ("cp437", "CP437"))
    for page in _code_pages():
        try:
            total = page.prior + sum(_log_probability(name.decode(page.codec), page) for name in unusual)
        except UnicodeDecodeError:
            continue
        if total > best:
            best, codec, said = total, page.codec, page.said
    return codec, said


def _as_utf8(names: list[bytes]) -> float:
    """Log-probability of names in UTF-8: -inf if they are none, inf if that can be no accident.

    A Chinese character in GBK may look like an accented letter in UTF-8 (猫 like è), but neither a longer
    sequence nor several such characters are likely to.
    """
    try:
        texts = [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        return -math.inf
    beyond = {c for text in texts for c in text if not c.isascii()}
    if len(beyond) >= SURELY_UTF8 or any(c > "\u07ff" for c in beyond):
        return math.inf
    alphabets = [page.letter for page in _code_pages() if page.codec not in EAST_ASIAN]
    page = _CodePage("utf-8", "UTF-8", lambda c: max(letter(c) for letter in alphabets), math.log(5))
    return page.prior + sum(_log_probability(text, page) for text in texts)


def _log_probability(name: str, page: _CodePage) -> float:
    """How probable a name is under a code page; ASCII letters count too, since a pair of bytes eats some."""
    total = 0.0
    for before, character, after in zip(" " + name, name, name[1:] + " ", strict=False):
        if character.isupper() and before.islower():
            total += math.log(0.02)  # a capital within a word
        if character.isascii():
            total += math.log(1 / 50) if character.isprintable() else math.log(1e-7)
            continue
        total += page.letter(character)
        if _script(character) == "LATIN" and not (before.isalpha() or after.isalpha()):
            total += math.log(0.001)  # a word of one letter with an accent
        if not before.isascii() and _script(before) == _script(character) == "LATIN":
            total += math.log(0.1)  # two letters with accents beside each other
        if character.islower() and len(before) and before.isupper() and after.isupper():
            total += math.log(0.05)
        for beside in (before, after):  # no language mixes these alphabets within a word
            if beside.isalpha() and _script(beside) != _script(character):
                total += math.log(0.05 if "CJK" in (_script(beside), _script(character)) else 0.003)
    return total


@cache
def _script(character: str) -> str:
    first = unicodedata.name(character, "?").partition(" ")[0]
    cjk = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "KATAKANA-HIRAGANA", "HALFWIDTH")
    return "CJK" if first in cjk else first


def _alphabet(letters: str) -> Callable[[str], float]:
    """Log-probabilities of an alphabet whose commonest letters come first."""
    weights = {letter: 1 / (rank + 3) for rank, letter in enumerate(letters)}
    total = sum(weights.values()) / 0.9

    def letter(character: str) -> float:
        weight = weights.get(character.lower())
        if weight is not None:
            return math.log(weight / total * (0.1 if character.isupper() else 0.9))
        if character in "’–“”„«»№°":
            return math.log(2e-4)
        return math.log(2e-4 if unicodedata.category(character).startswith("L") else 2e-6)

    return letter


def _standard(
    codec: str, common: range, frequent: str = "", kana: float = 0.0, share: float = 0.6
) -> Callable[[str], float]:
    """Log-probabilities of a two-byte code page: frequent characters, those of level 1, all others.

    Parameters
    ----------
    codec : the code page.
    common : first bytes of the characters that the national standard counts as common (level 1).
    frequent : the most frequent characters.
    kana : share of hiragana and katakana in the text.
    share : of the other characters, how many are among the most frequent ones.
    """
    most = frozenset(frequent)
    hanzi = 1 - kana - 0.02

    def letter(character: str) -> float:
        if character in most:
            return math.log(hanzi * share / len(most))
        if "ぁ" <= character <= "ヿ":
            return math.log(max(kana, 1e-3) / 170)
        if "｡" <= character <= "ﾟ":
            return math.log(1e-6)
        code = character.encode(codec, "replace")
        if len(code) == 2 and code[0] in common:
            rest = 0.98 - share if most else 0.97
            return math.log(hanzi * rest / (len(common) * (157 if codec == "cp950" else 94)))
        if unicodedata.category(character) == "Lo":
            return math.log(0.02 / 8000)
        return math.log(1e-4 if character in "、。（）【】《》「」，！－—～ー々" else 1e-7)

    return letter


@cache
def _code_pages() -> tuple[_CodePage, ...]:
    european, central = _alphabet(_EUROPEAN), _alphabet(_CENTRAL)
    russian, greek, turkish = _alphabet(_RUSSIAN), _alphabet(_GREEK), _alphabet(_TURKISH + _EUROPEAN)
    rare = math.log(0.05)
    return (
        _CodePage("gb18030", "GBK", _standard("gbk", range(0xB0, 0xD8), _CHINESE)),
        _CodePage("cp932", "Shift-JIS", _standard("cp932", range(0x88, 0x98), kana=0.6)),
        _CodePage("cp949", "EUC-KR", _standard("cp949", range(0xB0, 0xC9), _KOREAN, share=0.88)),
        _CodePage("cp950", "Big5", _standard("cp950", range(0xA4, 0xC7), _TRADITIONAL)),
        _CodePage("cp1252", "CP1252", european),
        _CodePage("cp850", "CP850", european),
        _CodePage("cp437", "CP437", european),
        _CodePage("cp1251", "CP1251", russian),
        _CodePage("cp866", "CP866", russian),
        _CodePage("cp1250", "CP1250", central, rare),
        _CodePage("cp852", "CP852", central, rare),
        _CodePage("cp1253", "CP1253", greek, rare),
        _CodePage("cp737", "CP737", greek, rare),
        _CodePage("cp1254", "CP1254", turkish, rare),
        _CodePage("cp857", "CP857", turkish, rare),
        _CodePage("cp1255", "CP1255", _alphabet(_HEBREW), rare),
        _CodePage("cp862", "CP862", _alphabet(_HEBREW), rare),
        _CodePage("cp1256", "CP1256", _alphabet(_ARABIC), rare),
        _CodePage("cp874", "CP874", _alphabet(_THAI), rare),
        _CodePage("koi8-r", "KOI8-R", russian, math.log(0.01)),
        _CodePage("mac-roman", "Mac Roman", european, math.log(0.01)),
    )
