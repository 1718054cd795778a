"""Bodies of the service's own requests: small, whatever the client says."""

from starlette.requests import Request

MOST_BYTES = 16 * 1024


class BodyTooLargeError(Exception):
    """The body has more than MOST_BYTES."""


async def read_body(request: Request) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MOST_BYTES:
            message = f"the body has more than {MOST_BYTES} bytes"
            raise BodyTooLargeError(message)
    return bytes(parts)
