"""What a page must never do, noted while a test uses it: leave the server, break its own policy, fail in a script."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, Route

LOADING = "Failed to load resource"
"""What the console says of any status from 400 up, a page's own included; `answered` tells them apart."""


@dataclass
class Watch:
    """What went wrong in a context. Faults of the pages, or requests that left the server, which were blocked."""

    server: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """See everything that the context does from now on."""
        context.route(lambda url: not self.ours(url), self.left)
        context.on("console", self.said)
        context.on("weberror", lambda error: self.faults.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("response", self.answered)

    def ours(self, url: str) -> bool:
        return url.startswith(f"{self.server}/") or url.startswith(("data:", "blob:"))

    def left(self, route: Route) -> None:
        self.faults.append(f"a request left the server: {route.request.method} {route.request.url}")
        route.abort()

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(LOADING):
            self.faults.append(f"{message.page and message.page.url}: {message.text}")

    def answered(self, response: Response) -> None:
        """Only a page that somebody went to may be an error."""
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} {response.url}")
