"""Sessions of the web page. The cookie holds a signed random id; the key stays in this process's memory.

So a key that is blocked or deleted loses its session within the half minute that a check is kept, and a restart asks
everybody to log in again.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

LIFETIME_SECONDS = 4 * 3600
MOST_SESSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    key: str
    expires: float


class Sessions:
    def __init__(self, signing_key: str) -> None:
        """:param signing_key: secret; without 16 characters of it a cookie could be guessed"""
        if len(signing_key) < 16:  # noqa: PLR2004 - explained above
            message = "APPROVALS_SESSION_KEY is missing or too short. The entrypoint makes it of /run/secrets"
            raise ValueError(message)
        self._signing_key = signing_key.encode()
        self._open: dict[str, Session] = {}

    def start(self, key: str) -> str:
        """Opens a session and gives the cookie's value."""
        now = time.time()
        self._open = {name: session for name, session in self._open.items() if session.expires > now}
        if len(self._open) >= MOST_SESSIONS:
            del self._open[next(iter(self._open))]
        session = Session(secrets.token_urlsafe(24), key, now + LIFETIME_SECONDS)
        self._open[session.id] = session
        body = f"{session.id}.{int(session.expires)}"
        return f"{body}.{self._sign('session', body)}"

    def find(self, cookie: str | None) -> Session | None:
        if cookie is None or not cookie.isascii():
            return None
        body, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature, self._sign("session", body)):
            return None
        session = self._open.get(body.partition(".")[0])
        return session if session and session.expires > time.time() else None

    def end(self, session: Session) -> None:
        self._open.pop(session.id, None)

    def csrf_token(self, session: Session) -> str:
        """What each form of the session must bring back."""
        return self._sign("csrf", session.id)

    def csrf_matches(self, session: Session, token: str) -> bool:
        return token.isascii() and hmac.compare_digest(token, self.csrf_token(session))

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._signing_key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
