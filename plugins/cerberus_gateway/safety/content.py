"""The content filter: categories of keywords and patterns, looked up in text of any length.

Keywords are found as whole words, whatever their case, accents, look-alikes or the signs between their letters. One
pass asks of all words at once which could start a keyword, so the number of keywords hardly costs. Long text is read
in pieces, between which other requests get their turn.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import regex

from cerberus_gateway.safety.normalise import clean, fold, spaced_out, spellings, words_of

# Text is read in pieces of this many characters, between which other requests get their turn.
PIECE: Final = 32_768
# Seconds that one pattern may take over one piece; a pattern that passed patterns.py stays far below.
PATTERN_SECONDS: Final = 0.25
_LONGEST_BROKEN_WORD: Final = 256
_UNFINISHED_WORD: Final = regex.compile(r"[^\W_]*\Z")
_UNSPACED_SCRIPTS_FROM: Final = "\u2e80"


class ScanTooSlowError(Exception):
    """A pattern took longer than its time budget."""


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: never the text itself."""

    category: str
    rule: str
    """Number of the keyword or pattern in its category, such as keyword 12."""


def built_in_categories() -> dict[str, Any]:
    """The categories of categories.json: name → {description, keywords, patterns}."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("categories.json").read_text("utf-8"))
    return loaded


@dataclass(slots=True)
class _Carry:
    """What a piece needs of the piece before."""

    words: dict[int, list[str]] = field(default_factory=dict)
    broken: str = ""
    raw: str = ""


class ContentFilter:
    """Finds the given categories in text.

    :param look_back: characters of the text before a piece that patterns and unspaced scripts see again
    """

    def __init__(self, categories: dict[str, dict[str, Sequence[str]]], look_back: int) -> None:
        self._look_back = look_back
        self._by_first: dict[str, list[tuple[str, Match]]] = {}
        self._squashed: list[tuple[str, Match]] = []
        self._unspaced: list[tuple[str, Match]] = []
        self._patterns: list[tuple[Any, Match]] = []
        self._longest = 1
        for name, category in categories.items():
            for number, keyword in enumerate(category.get("keywords", ()), 1):
                self._add_keyword(keyword, Match(name, f"keyword {number}"))
            for number, pattern in enumerate(category.get("patterns", ()), 1):
                self._patterns.append((regex.compile(pattern), Match(name, f"pattern {number}")))

    def _add_keyword(self, keyword: str, match: Match) -> None:
        folded = fold(clean(keyword))
        if any(letter >= _UNSPACED_SCRIPTS_FROM for letter in folded):
            self._unspaced.append((folded, match))
            return
        words = words_of(folded)
        self._longest = max(self._longest, len(words))
        phrase = " ".join(words)
        for form in (phrase, phrase + "s"):
            self._by_first.setdefault(form.split(" ", 1)[0], []).append((f" {form} ", match))
        squashed = phrase.replace(" ", "")
        if len(squashed) > 3:  # noqa: PLR2004 - shorter ones occur by chance
            self._squashed.append((squashed, match))

    @property
    def active(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._by_first or self._unspaced or self._patterns)

    async def find(self, text: str) -> Match | None:
        """The first match in a text of any length; other requests get their turn between the pieces."""
        if len(text) <= PIECE:
            # To give way would cost more than the search: everything else that is ready has its turn first.
            return self.find_now(text)
        for number, found in enumerate(self._steps(text)):
            if found is not None:
                return found
            if number % 2:
                await asyncio.sleep(0)
        return None

    def find_now(self, text: str, *, more_to_come: bool = False) -> Match | None:
        """The first match, without giving way: for short texts.

        :param more_to_come: the text goes on, so a match that touches its end may still become another word
        """
        return next((found for found in self._steps(text, more_to_come=more_to_come) if found is not None), None)

    def _steps(self, text: str, *, more_to_come: bool = False) -> Iterator[Match | None]:
        carry = _Carry()
        start = 0
        while start < len(text):
            end = _piece_end(text, start)
            piece = text[start:end]
            open_end = more_to_come and end == len(text)
            yield self._in_words(piece, carry, open_end=open_end)
            yield self._in_raw(piece, carry, open_end=open_end)
            start = end

    def _in_words(self, piece: str, carry: _Carry, *, open_end: bool) -> Match | None:
        folded = carry.broken + fold(clean(piece))
        carry.broken = _last_word(folded)[-_LONGEST_BROKEN_WORD:]
        if open_end:
            folded = _UNFINISHED_WORD.sub("", folded)
        found = self._squashed_in(folded)
        before, carry.words = carry.words, {}
        for kind, words in spellings(folded):
            seen = [*before.get(kind, before.get(0, ())), *words]
            carry.words[kind] = seen[-self._longest :]
            found = found or self._phrase_in(seen)
        return found

    def _phrase_in(self, words: list[str]) -> Match | None:
        starts = self._by_first.keys() & words
        if not starts:
            return None
        joined = f" {' '.join(words)} "
        return next((match for start in starts for form, match in self._by_first[start] if form in joined), None)

    def _squashed_in(self, folded: str) -> Match | None:
        for run in spaced_out(folded):
            for squashed, match in self._squashed:
                if squashed in run:
                    return match
        return None

    def _in_raw(self, piece: str, carry: _Carry, *, open_end: bool) -> Match | None:
        if not self._patterns and not self._unspaced:
            return None
        text = clean(carry.raw + piece)
        carry.raw = (carry.raw + piece)[-self._look_back :]
        if self._unspaced:
            folded = fold(text)
            for keyword, match in self._unspaced:
                if keyword in folded:
                    return match
        deadline = time.monotonic() + PATTERN_SECONDS
        for pattern, match in self._patterns:
            try:
                for found in pattern.finditer(text, timeout=max(0.001, deadline - time.monotonic())):
                    if not (open_end and found.end() == len(text)):
                        return match
            except TimeoutError as error:
                raise ScanTooSlowError(match.category) from error
        return None


def _piece_end(text: str, start: int) -> int:
    """Where a piece ends: at white space if there is any in its second half."""
    end = start + PIECE
    if end >= len(text):
        return len(text)
    space = max(text.rfind(" ", start + PIECE // 2, end), text.rfind("\n", start + PIECE // 2, end))
    return space + 1 if space > 0 else end


def _last_word(folded: str) -> str:
    """The word that a piece breaks off in, with the signs that may belong to it."""
    cut = max(folded.rfind(" "), folded.rfind("\n"), folded.rfind("\t"))
    return folded[cut + 1 :]
