"""A server over a copy of the graph, with accounts, for tests that change something."""

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from cnrs_kg.accounts import Accounts

from ..serving import Served, serving

CINTRA = "https://w3id.org/cnrs-kg/id/unit/cintra"
GOOD = f"""<{CINTRA}> <http://www.w3.org/2004/02/skos/core#altLabel> "CINTRA Alliance"@en .
"""
RENAMED = GOOD.replace("Alliance", "Research Alliance")
BAD = f"""PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
<{CINTRA}> cnrs:hasPartner <https://w3id.org/cnrs-kg/id/organisation/nus> ,
        "Thales" .
"""
"""Text where a thing should be, on line 3."""


@dataclass(frozen=True)
class Stewarded:
    """The server and the tokens of its accounts, by role."""

    served: Served
    tokens: dict[str, str]

    def post(self, path: str, body: str, role: str) -> None:
        """Send Turtle, or nothing, as somebody with a role."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Content-Type": "text/turtle"}
        request = urllib.request.Request(f"{self.served.url}{path}", body.encode(), headers)
        urllib.request.urlopen(request, timeout=120).close()

    def get(self, path: str) -> Any:
        """What a program reads."""
        request = urllib.request.Request(f"{self.served.url}{path}", headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)

    def sign_in(self, page: Page, role: str) -> None:
        """Sign in as a person does."""
        page.goto("/sign-in")
        page.get_by_label("Token").fill(self.tokens[role])
        page.get_by_role("main").get_by_role("button").click()
        expect(page.locator(".signed").first).to_contain_text(role)


@contextmanager
def stewarded(built: Path, directory: Path, **settings: str) -> Iterator[Stewarded]:
    """A server over a copy of `built` with a steward and a curator."""
    data = directory / "data"
    shutil.copytree(built, data, symlinks=True)
    accounts = Accounts(data / "app.sqlite")
    tokens = {role: accounts.add(f"{role} one", role) for role in ("steward", "curator")}
    accounts.close()
    with serving(data, directory, **settings) as served:
        yield Stewarded(served, tokens)
