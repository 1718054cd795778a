"""Whatever is strewn into a blocked phrase, it is found; and long text holds nobody up."""

import asyncio
import time

import pytest
from cerberus_gateway.safety.content import PIECE, ContentFilter
from hypothesis import given, settings
from hypothesis import strategies as st

PHRASE = "secret launch plan"
FILTER = ContentFilter({"internal": {"keywords": [PHRASE], "patterns": ["TICKET-[0-9]{2}"]}}, 200)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u202e"
MARKS = "\u0301\u0308\u0327"
SIGNS = ".-_*~'"


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_disguises_are_seen_through(data: st.DataObject) -> None:
    words = []
    for word in PHRASE.split():
        between = [data.draw(st.text(INVISIBLE + MARKS, max_size=2)) for _ in word]
        letters = [data.draw(st.sampled_from([letter, letter.upper()])) for letter in word]
        words.append("".join(letter + extra for letter, extra in zip(letters, between, strict=True)))
    blanks = data.draw(st.lists(st.text(" \n\t\u00a0", min_size=1, max_size=5), min_size=3, max_size=3))
    text = "".join(word + blank for word, blank in zip(words, blanks, strict=True))

    assert FILTER.find_now(data.draw(st.sampled_from(["", "so: ", "«"])) + text) is not None


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_signs_inside_words_are_seen_through(data: st.DataObject) -> None:
    strewn = []
    for word in PHRASE.split():
        signs = [data.draw(st.text(SIGNS, max_size=3)) for _ in word[1:]]
        strewn.append(word[0] + "".join(sign + letter for sign, letter in zip(signs, word[1:], strict=True)))

    assert FILTER.find_now(" ".join(strewn)) is not None


@given(st.integers(PIECE - 40, PIECE + 40), st.sampled_from(["word ", "w.", "-", "\u200b", " ", "\n", "\u0416"]))
@settings(max_examples=200, deadline=None)
def test_a_phrase_across_two_pieces_is_found(offset: int, filler: str) -> None:
    text = (filler * PIECE)[:offset] + " " + PHRASE + " and on"

    assert FILTER.find_now(text) is not None


@given(st.integers(PIECE - 12, PIECE + 2), st.sampled_from(["word ", "x", "\u0416", " "]))
@settings(max_examples=100, deadline=None)
def test_a_pattern_across_two_pieces_is_found(offset: int, filler: str) -> None:
    assert FILTER.find_now((filler * PIECE)[:offset] + "TICKET-42 and on") is not None


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    FILTER.find_now(text)


async def test_ten_megabytes_hold_up_nobody() -> None:
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            started = time.process_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.process_time() - started)

    ticking = asyncio.create_task(others())
    for text in (
        "plain words and more " * 500_000,
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! " * 700_000,
        "a.b-" * 2_500_000,
    ):
        assert await FILTER.find(text) is None
    ticking.cancel()

    # Seconds of this process's own work, so that a busy machine doesn't count; about 0.03 to 0.08.
    assert longest < 0.3


def test_a_usual_text_is_searched_in_one_go() -> None:
    with pytest.raises(StopIteration) as done:
        FILTER.find("plain words, TICKET-1").send(None)
    assert done.value.value is None
