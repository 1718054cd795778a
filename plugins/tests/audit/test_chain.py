"""No change to a log goes unseen: whatever is edited, taken out, put in, moved or cut off."""

import random
from pathlib import Path

import orjson
import pytest
from cerberus_gateway.audit.canonical import dumps
from cerberus_gateway.audit.chain import read, seal, unseal
from cerberus_gateway.audit.files import all_lines
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.signing import Signer
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.support import KEY, open_journal
from tests.audit.verifier import ChainError, verify

CHANGES = 10_000
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values, min_size=1, max_size=5))
def test_a_sealed_line_gives_its_body_back(fields: dict[str, object]) -> None:
    body = dumps(fields)
    line, digest = seal(body)
    assert unseal(line.removesuffix(b"\n")) == (body, digest)


@given(st.dictionaries(st.text(), json_values, min_size=1, max_size=5), st.data())
def test_a_sealed_line_with_any_byte_changed_is_not_one(fields: dict[str, object], data: st.DataObject) -> None:
    line = bytearray(seal(dumps(fields))[0].removesuffix(b"\n"))
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    assert read(bytes(line)) is None


def changed(lines: list[bytes], dice: random.Random) -> list[bytes]:
    """The log after one change of a kind drawn by lot."""
    copy = list(lines)
    at = dice.randrange(len(copy))
    match dice.choice(["edit", "delete", "swap", "cut", "double", "forge"]):
        case "edit":
            line = bytearray(copy[at])
            line[dice.randrange(len(line))] ^= dice.randrange(1, 256)
            copy[at] = bytes(line)
        case "delete":
            del copy[at]
        case "swap":
            other = dice.choice([place for place in range(len(copy)) if place != at])
            copy[at], copy[other] = copy[other], copy[at]
        case "cut":
            del copy[at:]
        case "double":
            copy.insert(dice.randrange(len(copy) + 1), copy[at])
        case "forge":
            # As good as it can be done without the key: another amount, and a hash that fits it.
            fields = orjson.loads(copy[at])
            del fields["hash"]
            fields["data"]["cost_usd"] = dice.random()
            copy[at] = seal(dumps(fields))[0].removesuffix(b"\n")
    return copy


def test_ten_thousand_changes_are_all_seen(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, checkpoint_lines=10)
    for number in range(25):
        journal.commit([Line("chat_completion_success", {"cost_usd": number / 100, "model": "gpt-4o"})])
    journal.close()
    lines = list(all_lines(tmp_path))
    head = orjson.loads((tmp_path / "litellm_audit.head.json").read_bytes())
    key = Signer(KEY).public_key
    assert len(verify(lines, head=head, public_key=key)) == len(lines)
    dice = random.Random(20261125)  # noqa: S311 - the same changes every time
    for _ in range(CHANGES):
        with pytest.raises(ChainError):
            verify(changed(lines, dice), head=head, public_key=key)


def test_a_log_written_anew_with_another_key_is_seen(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.commit([Line("chat_completion_success", {})])
    journal.close()
    with pytest.raises(ChainError, match="signature"):
        verify(all_lines(tmp_path), public_key=Signer("another key").public_key)
