"""The log on disk: mended after every kind of crash, never half a line after an error, rotated, kept and pruned."""

import base64
import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cerberus_gateway.audit import active, journal, retention
from cerberus_gateway.audit.files import LogDirectory
from cerberus_gateway.audit.lines import Line, Seal
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.support import open_journal, read_log

ACTIVE = "litellm_audit.jsonl"


def lines(count: int, start: int = 0) -> list[Line]:
    return [Line("chat_completion_success", {"text": "x" * 600}, f"call-{start + n}") for n in range(count)]


def types(directory: Path) -> list[str]:
    return [line["event_type"] for line in read_log(directory, with_head=False)]


def test_a_line_of_an_id_that_is_in_the_log_is_left_out(tmp_path: Path) -> None:
    log = open_journal(tmp_path)
    assert log.commit([*lines(2), *lines(2)]) == 2
    assert log.commit(lines(2)) == 0
    log.close()
    log = open_journal(tmp_path)
    assert log.commit(lines(3)) == 1
    log.close()
    assert types(tmp_path).count("chat_completion_success") == 3


def test_ids_of_the_file_before_count_too(tmp_path: Path) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(2000))
    log.commit(lines(1, 5000))
    assert len(log.log.finished()) == 1
    assert log.commit(lines(2000)) == 0
    log.close()
    log = open_journal(tmp_path)
    assert log.commit(lines(2000)) == 0
    log.close()


def test_a_log_has_one_writer(tmp_path: Path) -> None:
    log = open_journal(tmp_path)
    with pytest.raises(journal.InUseError, match="another audit writer"):
        open_journal(tmp_path)
    log.close()
    open_journal(tmp_path).close()


@settings(max_examples=60, deadline=None)
@given(torn=st.binary(min_size=1, max_size=300))
def test_a_torn_end_is_cut_off_and_kept(torn: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("torn")
    log = open_journal(directory)
    log.commit(lines(3))
    log.close()
    with (directory / ACTIVE).open("ab") as file:
        file.write(torn)
    open_journal(directory).close()
    kept = [line["data"]["bytes"] for line in read_log(directory) if line["event_type"] == "torn_line"]
    assert b"".join(map(base64.b64decode, kept)) == torn
    assert LogDirectory(directory).torn() == []


@pytest.mark.parametrize("cut", [1, 40, 200, 700])
def test_a_line_that_was_cut_short_is_kept_and_its_number_used_again(tmp_path: Path, cut: int) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(3))
    seq = log.link.seq
    whole = (tmp_path / ACTIVE).read_bytes()
    (tmp_path / ACTIVE).write_bytes(whole[:-cut])
    os.close(log._lock)
    mended = open_journal(tmp_path)
    assert mended.commit(lines(3)) == 1
    mended.close()
    found = read_log(tmp_path)
    assert found[seq - 1]["event_type"] == "torn_line"
    torn = base64.b64decode(found[seq - 1]["data"]["bytes"])
    assert whole.splitlines(keepends=True)[-1].startswith(torn)


@pytest.mark.parametrize("step", ["replace_file", "truncate", "append", "unlink"])
def test_a_crash_while_a_torn_end_is_mended_loses_nothing(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(3))
    log.close()
    with (tmp_path / ACTIVE).open("ab") as file:
        file.write(b'{"data":{"half')

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "replace_file":
            patch.setattr(Path, "replace", crash)
        elif step == "unlink":
            patch.setattr(Path, "unlink", crash)
        else:
            patch.setattr(active.ActiveFile, step, crash)
        crashed = journal.Journal(log._settings, "test", log._signer)
        with pytest.raises(KeyboardInterrupt):
            crashed.open()
        os.close(crashed._lock)
    open_journal(tmp_path).close()
    torn = [line["data"]["bytes"] for line in read_log(tmp_path) if line["event_type"] == "torn_line"]
    assert [base64.b64decode(text) for text in torn] == [b'{"data":{"half']


def test_a_full_disk_leaves_no_half_line_and_nothing_is_lost_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(3))
    before = (tmp_path / ACTIVE).read_bytes()
    write = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) <= 100:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(fd, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        for _ in range(3):
            with pytest.raises(OSError, match="No space left"):
                log.commit(lines(2, 10))
            assert (tmp_path / ACTIVE).read_bytes() == before
    assert log.commit(lines(2, 10)) == 2
    log.close()
    assert types(tmp_path).count("chat_completion_success") == 5


def test_a_disk_that_is_full_in_the_middle_of_a_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(2000))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for broken in ("open", "write"):
        with monkeypatch.context() as patch:
            patch.setattr(os, broken, full)
            with pytest.raises(OSError, match="No space left"):
                log.commit(lines(1, 3000))
    log.commit(lines(1, 3000))
    log.close()
    found = read_log(tmp_path)
    assert [line["event_type"] for line in found].count("log_rotated") == 1
    assert found[-3]["id"] == "call-3000"


@pytest.mark.parametrize(
    "crash", ["before the new file", "before its first line", "before the plain copy goes", "in gzip"]
)
def test_a_crash_in_a_rotation_or_compression_is_mended(tmp_path: Path, crash: str) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(2000))
    os.close(log._lock)
    directory = LogDirectory(tmp_path)
    plain = directory.finished_name(1)
    directory.active.rename(plain)
    if crash == "before its first line":
        directory.active.touch()
    elif crash != "before the new file":
        content = plain.read_bytes()
        directory.compress()
        if crash == "before the plain copy goes":
            plain.write_bytes(content)
        else:
            directory.finished()[0].rename(f"{directory.finished()[0]}.tmp")
            plain.write_bytes(content)
    mended = open_journal(tmp_path)
    mended.commit(lines(2001))
    mended.close()
    directory.compress()
    found = types(tmp_path)
    assert found.count("chat_completion_success") == 2001
    assert found.count("log_rotated") == 1
    assert [path.suffix for path in directory.finished()] == [".gz"]


def test_old_files_go_and_the_log_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_journal(tmp_path)
    for turn in range(4):
        log.commit(lines(2000 if turn < 3 else 1, turn * 2000))
    log.log.compress()
    assert len(log.log.finished()) == 3
    log.prune()
    assert len(log.log.finished()) == 3

    monkeypatch.setattr(retention, "now", lambda: datetime.now(UTC) + timedelta(days=181))
    log.prune()
    assert log.log.finished() == []
    log.close()
    found = read_log(tmp_path)
    assert found[0]["event_type"] == "log_rotated"
    assert [line["event_type"] for line in found].count("log_pruned") == 3


def test_a_new_day_begins_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(1))
    assert log.log.finished() == []
    today = journal._day()
    monkeypatch.setattr(journal, "_day", lambda moment=None: today if moment else today + 1)
    log.commit(lines(1, 1))
    assert len(log.log.finished()) == 1
    log.close()


def test_calls_of_a_process_that_is_gone_are_sealed(tmp_path: Path) -> None:
    log = open_journal(tmp_path)
    started = [
        Line("response_started", {"replica": "r1", "instance": f"i{n}", "model": "m"}, f"c{n}:started") for n in (1, 2)
    ]
    log.commit([*started, Line("response_success", {}, "c1")])
    log.close()
    log = open_journal(tmp_path)
    assert log.intents.instances() == {("r1", "i2")}
    assert log.commit([Seal("r1", survivor="i2")]) == 0
    assert log.commit([Seal("r1", survivor="i3")]) == 1
    assert log.commit([Line("response_success", {"status": 200}, "c2")]) == 1
    log.close()
    ends = [(line["event_type"], line["id"]) for line in read_log(tmp_path) if line["id"].startswith("c2")]
    assert ends == [("response_started", "c2:started"), ("response_interrupted", "c2"), ("response_success", "c2:late")]


def test_lines_missing_by_the_head_file_are_told_when_the_log_is_opened(tmp_path: Path) -> None:
    log = open_journal(tmp_path)
    log.commit(lines(5))
    log.close()
    kept = (tmp_path / ACTIVE).read_bytes().splitlines(keepends=True)[:3]
    (tmp_path / ACTIVE).write_bytes(b"".join(kept))
    open_journal(tmp_path).close()
    opened = [line for line in read_log(tmp_path) if line["event_type"] == "log_opened"]
    assert opened[-1]["data"]["head_problem"] == "the head file knows line 8; the log ends with 3"
