import json
from typing import Any

import pytest
from cerberus_gateway.approvals.fingerprint import NotBindableError, fingerprint
from hypothesis import given
from hypothesis import strategies as st

from tests.approvals.requests import REQUEST, body, request

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
bodies = st.dictionaries(
    st.text(), st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
)


@given(bodies)
def test_the_order_of_keys_does_not_count(content: dict[str, Any]) -> None:
    reversed_keys = dict(reversed(content.items()))

    assert fingerprint(request(body=content)) == fingerprint(request(body=reversed_keys))


@given(bodies, bodies)
def test_other_bodies_have_other_fingerprints(one: dict[str, Any], other: dict[str, Any]) -> None:
    def relevant(content: dict[str, Any]) -> str:
        return json.dumps({k: v for k, v in content.items() if k not in {"metadata", "stream_options"}}, sort_keys=True)

    same = relevant(one) == relevant(other)

    assert (fingerprint(request(body=one)) == fingerprint(request(body=other))) is same


@pytest.mark.parametrize(
    "changed",
    [
        request(key_hash="0" * 64),
        request(route="/v1/completions"),
        request(body=body(model="gpt-4o-mini")),
        request(body=body(stream=True)),
        request(body=body(n=1)),
        request(body=body(messages=[{"role": "user", "content": "Write a very long report."}])),
    ],
)
def test_every_change_that_counts_changes_it(changed: Any) -> None:  # noqa: ANN401
    assert fingerprint(changed) != fingerprint(REQUEST)


def test_trace_ids_usage_options_and_who_is_named_do_not_count() -> None:
    changed = request(
        body=body(metadata={"trace": "2"}, stream_options={"include_usage": True}),
        approval_id="apr_x",
        key_alias=None,
        estimate_usd=None,
        reasons=["another rule"],
    )

    assert fingerprint(changed) == fingerprint(REQUEST)


def test_a_lone_surrogate_is_bound_like_any_text() -> None:
    assert len(fingerprint(request(body=body(user="\ud800")))) == 64


def test_what_is_no_json_can_not_be_bound() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    for content in ({"file": b"bytes"}, {"deep": deep}):
        with pytest.raises(NotBindableError):
            fingerprint(request(body=content))
