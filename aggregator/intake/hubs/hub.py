"""Ask a WebSub hub: one POST, guarded as every fetch is. Knows HTTP and nothing about subscriptions.

A hub's address comes from a feed: it is connected to only where a source might be, within one deadline; its answer is
not read beyond the headers; no redirect is followed, since the form holds a secret.
"""

import http.client
import time
from collections.abc import Callable
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from aggregator.errors import SourceError
from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.connect import GuardedAdapter, Visit, visiting
from aggregator.intake.fetching.freshness import retry_after_of
from aggregator.intake.hubs.websub import HubAnswer
from aggregator.markup import safe_url

TIMEOUT = 10.0  # seconds, for all of it
_REDIRECTS = (301, 302, 307, 308)


class _Session(requests.Session):
    """Sees no redirects: even when told not to follow one, requests reads its whole body, however large."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class HubPost:
    """Posts forms to hubs. May be called from several threads at once."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: tuple[str, ...] = (),
        now: Callable[[], datetime] | None = None,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make one.

        Args:
            user_agent: Who asks.
            allow_hosts: Private addresses that may be asked: host, host:port or CIDR.
            now: For a Retry-After that is a date.
            timeout: Seconds for connecting, asking and the headers of the answer.
            clock: Monotonic seconds.
        """
        self._allowed = read_allow_list(allow_hosts)
        self._now = now
        self._timeout = timeout
        self._clock = clock
        self._session = _Session()
        self._session.trust_env = False  # no proxies: the guard must see where we really connect
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("http://", GuardedAdapter(pool_connections=8, pool_maxsize=1))
        self._session.mount("https://", GuardedAdapter(pool_connections=8, pool_maxsize=1))
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": user_agent, "Connection": "close"})

    def __call__(self, hub: str, form: bytes) -> HubAnswer:
        """Ask once. Never raises for anything that a hub does."""
        visit = Visit(deadline=self._clock() + self._timeout, clock=self._clock, allowed=self._allowed)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            with (
                visiting(visit),
                self._session.post(
                    hub, data=form, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
                ) as response,
            ):
                return self._read(response, hub)
        except SourceError as error:
            return HubAnswer(error=str(error))
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:
            return HubAnswer(error=f"no answer ({type(error).__name__})")

    def _read(self, response: requests.Response, hub: str) -> HubAnswer:
        status, given = response.status_code, response.headers
        if 200 <= status < 300:
            return HubAnswer(status=status)
        words = f"it answered {status} {http.client.responses.get(status, '')}".strip()
        moved_to = safe_url(given.get("Location", ""), hub) if status in _REDIRECTS and given.get("Location") else ""
        now = self._now() if self._now else None
        retry_after = retry_after_of(retry_after=given.get("Retry-After", ""), date=given.get("Date", ""), now=now)
        return HubAnswer(error=words, status=status, moved_to=moved_to, retry_after=retry_after)
