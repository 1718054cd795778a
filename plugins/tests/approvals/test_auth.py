import pytest
from cerberus_gateway.approvals.auth import KeyCheck, LiteLLMUnavailableError, UnknownKeyError, key_hash

from tests.approvals.litellm import MASTER, FakeLiteLLM


@pytest.mark.parametrize(
    ("key", "approver"),
    [
        (MASTER, True),
        ("sk-admin", True),
        ("sk-bob", True),
        ("sk-alice", False),
        ("sk-self-made", False),
        ("sk-text", False),
    ],
)
async def test_who_is_an_approver(litellm: FakeLiteLLM, key: str, approver: bool) -> None:  # noqa: FBT001
    caller = await KeyCheck(litellm.client()).check(key)

    assert caller.approver is approver
    assert caller.key_hash == key_hash(key)


async def test_names_are_for_people(litellm: FakeLiteLLM) -> None:
    keys = KeyCheck(litellm.client())

    names = [(await keys.check(key)).name for key in (MASTER, "sk-alice", "sk-admin")]

    assert names == ["master key", "alice-app", "root"]


@pytest.mark.parametrize("key", ["sk-nobody", "", "sk-ü", "a\r\nb: c", "x" * 513])
async def test_unknown_keys_and_what_is_no_key(litellm: FakeLiteLLM, key: str) -> None:
    with pytest.raises(UnknownKeyError):
        await KeyCheck(litellm.client()).check(key)


async def test_a_key_in_a_cache_of_litellm_that_is_no_longer_active_is_unknown(litellm: FakeLiteLLM) -> None:
    litellm.keys["sk-bob"].status = "deleted"

    with pytest.raises(UnknownKeyError):
        await KeyCheck(litellm.client()).check("sk-bob")


async def test_an_answer_is_kept_for_half_a_minute_by_hash(
    litellm: FakeLiteLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyCheck(litellm.client())
    await keys.check("sk-bob")
    calls = litellm.calls
    await keys.check("sk-bob")
    assert litellm.calls == calls
    assert "sk-bob" not in repr(vars(keys))

    del litellm.keys["sk-bob"]
    monkeypatch.setattr("time.monotonic", lambda: 1e12)

    with pytest.raises(UnknownKeyError):
        await keys.check("sk-bob")


async def test_a_litellm_that_is_away_is_no_yes(litellm: FakeLiteLLM) -> None:
    litellm.down = True

    with pytest.raises(LiteLLMUnavailableError, match="does not answer /key/info"):
        await KeyCheck(litellm.client()).check(MASTER)
