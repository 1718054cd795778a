"""Text as the filters read it: one spelling for all the ways in which the same words can be written.

`clean` keeps letters as they are and takes out what is invisible; patterns run on it. `spellings` yields what keywords
are looked up in: lists of plain lower-case words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# Invisible characters: soft hyphen, joiners, direction marks, fillers, variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e007f-\U000e0fff]+"
)
# Tag characters spell ASCII that no human sees and that models read.
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


def _marks() -> str:
    """A character class of all combining marks."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) in {"Mn", "Me"}:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + "]+"


_MARKS: Final = re.compile(_marks())

# Letters that look like Latin ones, lower case: Cyrillic, Greek, Armenian, Latin with strokes.
_LOOK_ALIKES: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf"
    "\u051b\u051d\u0475\u0261\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3"
    "\u0585\u057d\u0578\u0570\u0566\u0131\u0142\u00f8\u0111\u0127\u0167\u0180\u0268\u0289\u024d\u023c\u0251\u0269",
    "abekmhopctyxijsdhlqwvgabenikvoptuxcjounhqilodhtbiurcai",
)
_LEET: Final = str.maketrans("013457@$!|+", "oieastasilt")
_LEET_INSIDE: Final = re.compile(r"[a-z][013457@$!|+]|[013457@$!|+][a-z]")
_WORDS: Final = re.compile(r"[^\W_]+")
# Up to three marks between two letters, as in b.o.m.b; and single letters apart, as in b o m b.
_PUNCTUATED: Final = re.compile(r"(?<=[^\W_])(?:[^\w\s]|_){1,3}(?=[^\W_])")
_SPACED: Final = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,4}[^\W_](?![^\W_])){3,}")
_SEPARATORS: Final = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Compatibility forms unified, invisible characters gone, hidden and JSON-escaped characters made plain."""
    if "\\u" in text:
        escaped = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        # Two escapes may be the halves of one character.
        text = escaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if text.isascii():
        return text
    text = _TAGS.sub(lambda found: chr(ord(found[0]) - 0xE0000), text)
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def fold(cleaned: str) -> str:
    """Lower case without accents, look-alikes of Latin letters as those. `cleaned` comes from `clean`."""
    if cleaned.isascii():
        return cleaned.lower()
    text = _MARKS.sub("", unicodedata.normalize("NFKD", cleaned)).casefold()
    return text.translate(_LOOK_ALIKES)


def words_of(folded: str) -> list[str]:
    """Runs of letters and digits."""
    return _WORDS.findall(folded)


def spellings(folded: str) -> Iterator[tuple[int, list[str]]]:
    """The words of a text in every spelling worth a look, each with the number of its kind.

    As written; with marks inside words left out; with digits and signs read as letters; both.
    """
    yield 0, words_of(folded)
    yield from _without_marks(1, folded)
    if _LEET_INSIDE.search(folded):
        letters = folded.translate(_LEET)
        yield 2, words_of(letters)
        yield from _without_marks(3, letters)


def _without_marks(kind: int, folded: str) -> Iterator[tuple[int, list[str]]]:
    if _PUNCTUATED.search(folded):
        yield kind, words_of(_PUNCTUATED.sub("", folded))


def spaced_out(folded: str) -> list[str]:
    """Runs of single letters, as in `b o m b`, each as one word."""
    return [_SEPARATORS.sub("", found) for found in _SPACED.findall(folded)]
