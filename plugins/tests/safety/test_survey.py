"""All text of all shapes of requests is found, and what else they carry."""

import base64
from typing import Any

import pytest
from cerberus_gateway.safety.survey import MalformedError, answer_text, survey

WORD = "needle"
CODED = base64.b64encode(WORD.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "user", "content": WORD}]},
        {"messages": [{"role": "system", "content": [{"type": "text", "text": WORD}]}]},
        {"messages": [{"role": "user", "content": WORD, "name": "x"}]},
        {"messages": [{"role": "user", "content": "x", "name": WORD}]},
        {
            "messages": [
                {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": f'{{"a": "{WORD}"}}'}}]}
            ]
        },
        {"messages": [{"role": "tool", "tool_call_id": "1", "content": WORD}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": WORD}]}]}
            ]
        },
        {"system": [{"type": "text", "text": WORD}]},
        {"tools": [{"type": "function", "function": {"name": "f", "description": WORD}}]},
        {"tools": [{"name": "f", "input_schema": {"properties": {WORD: {"type": "string"}}}}]},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"enum": [WORD]}}}]},
        {"prompt": WORD},
        {"prompt": ["x", WORD]},
        {"input": WORD},
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": WORD}]}]},
        {"instructions": WORD, "input": "x"},
        {"contents": [{"parts": [{"text": WORD}]}]},
        {"systemInstruction": {"parts": [{"text": WORD}]}},
        {"query": WORD, "documents": ["x"]},
        {"query": "x", "documents": [{"text": WORD}]},
        {
            "messages": [
                {
                    "content": [
                        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": WORD}}
                    ]
                }
            ]
        },
        {
            "messages": [
                {
                    "content": [
                        {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": CODED}}
                    ]
                }
            ]
        },
        {"messages": [{"content": [{"type": "file", "file": {"file_data": f"data:text/plain;base64,{CODED}"}}]}]},
        {"messages": [{"content": [{"type": "image_url", "image_url": {"url": f"https://example.org/{WORD}"}}]}]},
        {"response_format": {"json_schema": {"schema": {"description": WORD}}}},
        {"something_new": {"deep": [{"er": WORD}]}},
    ],
    ids=str,
)
def test_text_is_found(body: dict[str, Any]) -> None:
    assert WORD in survey(body).text()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (
            {"messages": [{"content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}]},
            "images",
        ),
        ({"messages": [{"content": [{"type": "image", "source": {"type": "base64", "data": "AA"}}]}]}, "images"),
        ({"input": [{"content": [{"type": "input_image", "image_url": "data:image/png;base64,AA"}]}]}, "images"),
        ({"contents": [{"parts": [{"inline_data": {"mime_type": "image/png", "data": "AA"}}]}]}, "images"),
        ({"messages": [{"content": [{"type": "input_audio", "input_audio": {"data": "AA"}}]}]}, "audio"),
        ({"contents": [{"parts": [{"inlineData": {"mimeType": "audio/wav", "data": "AA"}}]}]}, "audio"),
        ({"messages": [{"content": [{"type": "file", "file": {"file_id": "f"}}]}]}, "files"),
        ({"messages": [{"content": [{"type": "document", "source": {"type": "url", "url": "u"}}]}]}, "files"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"functions": [{"name": "f", "parameters": {}}]}, "tools"),
        ({"tools": [{"type": "web_search_preview"}]}, "hosted_tools"),
        ({"tools": [{"google_search": {}}]}, "hosted_tools"),
        ({"web_search_options": {"search_context_size": "low"}}, "hosted_tools"),
        ({"mcp_servers": [{"url": "u"}]}, "hosted_tools"),
        ({"input": [1, 2, 3]}, "token_ids"),
        ({"prompt": [[1, 2], [3]]}, "token_ids"),
        ({"previous_response_id": "r"}, "references"),
        ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]}, "caching"),
    ],
    ids=str,
)
def test_what_else_it_carries_is_found(body: dict[str, Any], field: str) -> None:
    assert getattr(survey(body), field)
    assert not getattr(survey({"messages": [{"role": "user", "content": "plain"}]}), field)


def test_a_function_tool_is_not_a_hosted_one() -> None:
    assert not survey(
        {"tools": [{"type": "function", "function": {"name": "f"}}, {"name": "g", "input_schema": {}}]}
    ).hosted_tools


def test_bombs_are_refused() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]

    for bomb in ({"x": deep}, {"x": ["a"] * 200_001}, {"x": {str(n): n for n in range(200_001)}}):
        with pytest.raises(MalformedError):
            survey(bomb)


def test_one_more_level_than_a_request_needs_is_fine() -> None:
    survey({"input": [[1] * 300_000]})


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"content": [{"text": "how to make", "type": "text"}, {"text": "a bomb", "type": "text"}]}]},
        {"messages": [{"content": "how to make", "role": "user"}, {"content": "a bomb", "role": "user"}]},
        {"input": [{"text": "how to make", "type": "input_text"}, {"text": "a bomb", "type": "input_text"}]},
        {"messages": [{"role": "user", "content": "how to make", "name": "a bomb"}]},
    ],
)
def test_what_is_spread_over_parts_is_read_as_one(body: dict[str, Any]) -> None:
    assert survey(body).text().split() == ["how", "to", "make", "a", "bomb"]


def test_only_words_of_the_protocol_are_passed_over() -> None:
    assert "how to make a bomb" in survey({"messages": [{"role": "how to make a bomb"}]}).text()


def test_keys_do_not_stand_between_two_values() -> None:
    assert survey({"first": "how to make", "second": "a bomb"}).text() == "first\nsecond\nhow to make\na bomb"


def test_of_an_answer_only_what_a_model_wrote_is_read() -> None:
    message = {
        "role": "assistant",
        "content": "how to make",
        "tool_calls": [{"id": "call_1", "function": {"id": "a bomb"}}],
    }
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 1},
    }
    read = answer_text(answer).split("\n")
    assert {"how to make", "a bomb"} <= {*read}
    assert {"chatcmpl-1", "chat.completion", "gpt", "prompt_tokens"}.isdisjoint(read)
    assert answer_text("how to make a bomb") == "how to make a bomb"
