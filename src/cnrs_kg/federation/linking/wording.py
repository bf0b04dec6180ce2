"""Names, acronyms, codes and places in a form in which two sources agree on them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_WORD = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(?:l|d|qu|s|n)['’`´ʼ]\s*")
STOP = frozenset(
    "a an and at au aux by d de del der des di du e el en et for fur in l la le les of on or ou par pour sur the to un"
    " une und y".split()
)
STEM = 5
"""Letters of a word that count: enough to tell words apart, few enough that biologie and biology are one."""
_SEGMENTS = re.compile(r"\s[-–—/|]\s|[:;()\[\]«»\"]")


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without accents, one space between words, elided articles gone."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(_ELISION.sub(" ", plain)))


def words(text: str) -> tuple[str, ...]:
    """The words of a name that carry meaning, folded."""
    return tuple(word for word in fold(text).split() if word not in STOP)


def initials(text: str) -> str:
    """The first letters of the words of a name that carry meaning."""
    return "".join(word[0] for word in words(text))


def variants(name: str) -> Iterator[str]:
    """A name without its codes, and those of its parts, as "X" and "Y" in "X (Y)", that have two words or more."""
    bare = _CODE.sub(" ", name)
    if not words(bare):
        return
    yield bare
    parts = [part for part in _SEGMENTS.split(bare) if len(words(part)) >= 2]
    yield from (part for part in parts if part.strip() != bare.strip())


def names_team(name: str) -> bool:
    """Whether a name says that it is a team's."""
    return fold(name).startswith(("equipe ", "team ")) and not fold(name).startswith("equipe d accueil")


def acronym(text: str) -> str:
    """An acronym without dots, spaces and accents."""
    return fold(text).replace(" ", "")


_LABELS = {
    "cnrs": "UMR UPR UAR USR UMS UPS UMI IRL FRE ERL EMR FR FRC GDR IFR",
    "inserm": "U UMR UMRS US UMSS CIC ERI UA",
    "inrae": "UMR UE USC UR UMRA",
    "university": "EA UR ULR URP UPR FED SFR GRC URU FRU",
    "ird": "UMRD UMR UMI",
}
"""Labels by the body that numbers them: a number keeps its meaning when the label changes within a series."""
_SERIES = {
    label: frozenset(body for body, labels in _LABELS.items() if label in labels.split())
    for label in " ".join(_LABELS.values()).split()
}
_PREFIX = sorted(_SERIES, key=len, reverse=True)
_CODE = re.compile(
    rf"(?<![^\W_])(?P<label>UMR[-_ ]?(?:S|A|D|T|MA|E|I|C|B|M|MD)|{'|'.join(_PREFIX)})"
    r"(?:[-_ ]{0,2}(?:CNRS|INSERM|INRAE))?"
    r"[-_ ]{0,2}(?P<number>\d{2,4})(?![^\W_])",
    re.IGNORECASE,
)
Code = tuple[str, int]


def codes(texts: Iterable[str]) -> frozenset[Code]:
    """The codes in texts: ("UMR", 5608) of "UMR 5608", "UMR5608/U1271", "Laboratoire X (UMR CNRS 5608)"."""
    found = set()
    for text in texts:
        for match in _CODE.finditer(text):
            label = re.sub(r"[-_ ]", "", match["label"].upper())
            found.add((label, int(match["number"])))
    return frozenset(found)


def series(label: str) -> frozenset[str]:
    """The bodies that may have numbered a label."""
    return _SERIES.get(label, frozenset(("cnrs", "inserm", "inrae", "ird")) if label.startswith("UMR") else frozenset())


_RENAMED = (
    {"UMI", "IRL"},
    {"USR", "UAR", "UMS", "UPS"},
    {"EA", "UR", "ULR", "URP", "UPR"},
    {"U", "UMRS", "ERL"},
    {"FR", "FRC", "FED", "SFR"},
)


def renamed(label: str, other: str) -> bool:
    """Whether a label took the place of the other, or one is a kind of the other (UMR_A and UMR): the number stays."""
    mixed = label.startswith("UMR") and other.startswith("UMR") and "UMR" in (label, other)
    return mixed or any({label, other} <= group for group in _RENAMED)


_CEDEX = re.compile(r"\b(?:cedex|arrondissement)\b.*|\d+.*")
_SHORT = {"st": "saint", "ste": "sainte", "s": "sur"}


def city(text: str) -> str:
    """The name of a city without CEDEX, numbers and accents: "st martin d heres" is "saint martin heres"."""
    plain = _CEDEX.sub("", fold(text)).split()
    return " ".join(_SHORT.get(word, word) for word in plain if word not in STOP)
