"""Forms of the page: only those that one of our own pages has sent count."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from cerberus_gateway.approvals.body import read_body

MOST_FIELDS = 20


class NotFromThisPageError(Exception):
    """Another site, or a session that is over, has sent this form."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form of the same origin.

    :raises NotFromThisPageError: when the browser says that another site sent it, or it is no form
    :raises BodyTooLargeError: as read_body
    """
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotFromThisPageError
    text = (await read_body(request)).decode("utf-8", "replace")
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise NotFromThisPageError from None
    return {name: values[-1] for name, values in fields.items()}
