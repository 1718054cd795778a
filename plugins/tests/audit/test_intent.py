"""When the intent of a stream is committed: while the provider thinks, where LiteLLM tells that it is asked."""

import asyncio

from cerberus_gateway.audit.callback import AuditCallback
from starlette.types import Receive, Scope, Send

from tests.audit.asgi import PRICED, App, Log, answers, call, streams


def asked(then: App, *, stream: bool) -> App:
    """An app whose provider is asked, and that a moment passes before it answers."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        call_id = dict(scope["headers"])[b"x-litellm-call-id"].decode()
        message = await receive()
        kwargs = {"litellm_call_id": call_id, "stream": stream}
        for _ in range(2):
            await AuditCallback().async_pre_call_deployment_hook(kwargs, "acompletion")
        await asyncio.sleep(0.01)

        async def again() -> object:
            return message

        await then(scope, again, send)  # type: ignore[arg-type]

    return app


async def test_it_is_durable_before_the_first_byte_and_committed_once() -> None:
    log = Log()
    seen: list[list[str]] = []

    async def then(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append([*log.happened])
        await streams(b"data: 1\n\n", b"data: [DONE]\n\n")(scope, receive, send)

    await call(asked(then, stream=True), log)
    assert seen == [["started"]]
    assert log.happened == ["started", "sent start", "sent body", "outcome", "sent body", "sent body"]


async def test_a_provider_that_refuses_leaves_an_intent_and_its_outcome() -> None:
    log = Log()
    await call(asked(answers(b'{"error":{"message":"no"}}', 500), stream=True), log)
    assert [line.event_type for line in log.lines] == ["chat_completion_started", "chat_completion_failure"]


async def test_one_that_is_not_taken_refuses_the_stream() -> None:
    log = Log()
    log.takes = {"outcome"}
    sent = await call(asked(streams(b"data: 1\n\n", b"data: [DONE]\n\n"), stream=True), log)
    assert sent[0]["status"] == 503


async def test_an_answer_in_one_piece_has_none() -> None:
    log = Log()
    await call(asked(answers(b"{}", headers=PRICED), stream=False), log)
    assert log.happened == ["outcome", "sent start", "sent body"]
