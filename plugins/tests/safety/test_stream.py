"""However a blocked answer is cut into items, no match is delivered, not even in part; and nothing else is lost."""

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from cerberus_gateway.safety.content import ContentFilter
from cerberus_gateway.safety.stream import BlockedError, HoldBack
from hypothesis import given, settings
from hypothesis import strategies as st

FILTER = ContentFilter({"internal": {"keywords": ["secret plan"], "patterns": ["TICKET-[0-9]{2}"]}}, 60)
BEFORE = "A harmless beginning that goes on for a good while, so that some of it is safe to give before. " * 2
AFTER = " And then it goes on about the weather, the sea and the mountains for a good while longer. " * 2


def chat(text: str, index: int = 0, finish: str | None = None) -> Any:  # noqa: ANN401
    delta = SimpleNamespace(content=text)
    return SimpleNamespace(choices=[SimpleNamespace(index=index, delta=delta, finish_reason=finish)])


def text_of(item: Any) -> str:  # noqa: ANN401
    return str(item.choices[0].delta.content)


def run(items: list[Any]) -> tuple[list[Any], bool]:
    """What is delivered, and whether the stream was blocked."""
    stream = HoldBack(FILTER, 60)
    delivered: list[Any] = []
    try:
        for item in items:
            delivered += stream.push(item)
        delivered += stream.finish()
    except BlockedError:
        return delivered, True
    return delivered, False


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(place % len(text) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if end > start]


@pytest.mark.parametrize("blocked", ["secret plan", "sec-ret p\u200blan", "TICKET-42"])
@pytest.mark.parametrize("after", ["", ".", AFTER])
def test_a_match_cut_at_any_place_is_never_delivered_in_part(blocked: str, after: str) -> None:
    text = BEFORE + blocked + after
    for place in range(len(BEFORE) - 2, len(BEFORE) + len(blocked) + 2):
        delivered, was_blocked = run([chat(part) for part in cut(text, [place])])

        assert was_blocked
        assert BEFORE.startswith("".join(map(text_of, delivered)))


@given(
    st.lists(st.integers(0, 10_000), max_size=60), st.sampled_from(["secret plan", "S E C R E T P L A N", "TICKET-42"])
)
@settings(max_examples=300, deadline=None)
def test_a_match_in_any_number_of_items_is_never_delivered_in_part(places: list[int], blocked: str) -> None:
    delivered, was_blocked = run([chat(part) for part in cut(BEFORE + blocked + AFTER, places)])

    assert was_blocked
    assert BEFORE.startswith("".join(map(text_of, delivered)))


@given(st.lists(st.integers(0, 10_000), max_size=60))
@settings(max_examples=300, deadline=None)
def test_a_harmless_answer_is_delivered_whole_and_in_order(places: list[int]) -> None:
    items = [chat(part) for part in cut(BEFORE + "the secret plant of TICKET-4x" + AFTER, places)]
    items.append(chat("", finish="stop"))

    assert run(items) == (items, False)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_raw_events_cut_inside_a_frame_are_held_too(places: list[int]) -> None:
    words = (BEFORE + "secret plan" + AFTER).split(" ")
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": w + " "}} for w in words
    ]
    frames = "".join(f"event: content_block_delta\ndata: {json.dumps(delta)}\n\n" for delta in deltas)

    delivered, was_blocked = run([part.encode() for part in cut(frames, places)])

    assert was_blocked
    assert b"secret" not in b"".join(delivered)


def test_answers_side_by_side_are_read_apart() -> None:
    items = [chat("sec", 0), chat("a tree", 1), chat("ret pl", 0), chat(" grows", 1), chat("an ", 0), chat(".", 1)]

    assert run(items)[1]
    assert not run([chat("secret ", 0), chat("plan ", 1)])[1]


def test_a_finished_answer_does_not_hold_up_the_other() -> None:
    stream = HoldBack(FILTER, 60)
    first = [*stream.push(chat("short", 0)), *stream.push(chat("", 0, "stop"))]

    assert list(map(text_of, first)) == ["short", ""]


def test_tool_arguments_and_reasoning_are_read() -> None:
    call = [{"function": {"name": "save", "arguments": '{"note": "secret plan"}'}}]
    item = chat("")
    item.choices[0].delta.tool_calls = call

    assert run([item])[1]

    thought = chat("")
    thought.choices[0].delta.reasoning_content = "the secret plan is"
    assert run([thought])[1]


def test_events_of_the_responses_api() -> None:
    deltas = [
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": d}
        for d in ("sec", "ret plan ")
    ]

    assert run(deltas)[1]
    assert run([{"type": "response.completed", "response": {"output": [{"content": [{"text": "a secret plan"}]}]}}])[1]
