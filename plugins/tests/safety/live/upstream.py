"""A provider with the APIs of OpenAI and Anthropic, as far as the tests need them.

It answers what the number in the prompt asks for.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWERS = {
    1: "Here is a friendly answer about gardens, with enough words that it arrives in a number of parts. " * 6,
    # What is blocked comes late, so that a part of the answer is safe.
    2: "A long and harmless beginning about the weather and the sea. " * 8
    + "And this is how to make a bomb at home. The end.",
}


def answer_to(body: dict[str, Any]) -> str:
    """The answer that the prompt asks for by its number."""
    found = re.search(r"answer (\d)", json.dumps(body))
    return ANSWERS[int(found[1]) if found else 1]


def parts(text: str) -> list[str]:
    """The text in the small parts in which models stream."""
    return re.findall(r"\S+\s*", text)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    seen: list[dict[str, Any]] = []  # noqa: RUF012 - shared on purpose: what arrived here

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Lists no models."""
        self._json({"object": "list", "data": []})

    def do_POST(self) -> None:
        """Answers."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        self.seen.append({"path": self.path, "body": body})
        text = answer_to(body)
        if self.path.endswith("/embeddings"):
            vector = {"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}
            self._json(
                {"object": "list", "data": [vector], "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}
            )
        elif self.path.endswith("/messages"):
            self._messages(body, text)
        elif self.path.endswith("/responses"):
            self._responses(body, text)
        elif self.path.endswith("/chat/completions"):
            self._chat(body, text)
        else:
            self._completions(body, text)

    def _chat(self, body: dict[str, Any], text: str) -> None:
        head = {"id": "c1", "created": 1, "model": body["model"]}
        usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            self._json({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
            return
        chunk = {**head, "object": "chat.completion.chunk"}
        deltas = [{"index": 0, "delta": {"role": "assistant", "content": part}} for part in parts(text)]
        events = [{**chunk, "choices": [delta]} for delta in deltas]
        events.append({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._stream([f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"])

    def _completions(self, body: dict[str, Any], text: str) -> None:
        head = {"id": "t1", "created": 1, "model": body["model"], "object": "text_completion"}
        usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
        if not body.get("stream"):
            self._json({**head, "choices": [{"index": 0, "finish_reason": "stop", "text": text}], "usage": usage})
            return
        events = [{**head, "choices": [{"index": 0, "text": part, "finish_reason": None}]} for part in parts(text)]
        events.append({**head, "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
        self._stream([f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"])

    def _messages(self, body: dict[str, Any], text: str) -> None:
        message = {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "stop_reason": "end_turn",
        }
        message |= {"stop_sequence": None, "usage": {"input_tokens": 3, "output_tokens": 5}}
        if not body.get("stream"):
            self._json({**message, "content": [{"type": "text", "text": text}]})
            return
        block = {"type": "text", "text": ""}
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": {**message, "stop_reason": None, "content": []}},
            {"type": "content_block_start", "index": 0, "content_block": block},
        ]
        events += [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
            for part in parts(text)
        ]
        events += [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]
        self._stream([f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events])

    def _responses(self, body: dict[str, Any], text: str) -> None:
        content = {"type": "output_text", "text": text, "annotations": []}
        item = {"type": "message", "id": "i1", "status": "completed", "role": "assistant", "content": [content]}
        usage: dict[str, Any] = {"input_tokens": 3, "output_tokens": 5, "total_tokens": 8}
        usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
        whole = {"id": "r1", "object": "response", "created_at": 1, "status": "completed", "model": body["model"]}
        whole |= {"output": [item], "usage": usage, "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
        if not body.get("stream"):
            self._json(whole)
            return
        place = {"item_id": "i1", "output_index": 0, "content_index": 0}
        events: list[dict[str, Any]] = [
            {"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}},
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {**item, "content": [], "status": "in_progress"},
            },
        ]
        events += [{"type": "response.output_text.delta", **place, "delta": part} for part in parts(text)]
        events += [
            {"type": "response.output_text.done", **place, "text": text},
            {"type": "response.completed", "response": whole},
        ]
        for number, event in enumerate(events):
            event["sequence_number"] = number
        self._stream([f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events])

    def _json(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, frames: list[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        try:
            for frame in frames:
                self.wfile.write(frame.encode())
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the proxy ended the stream, as it should on a blocked answer
        self.close_connection = True


def serve() -> ThreadingHTTPServer:
    """Starts the provider on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
