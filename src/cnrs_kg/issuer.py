"""An OpenID Connect issuer as the settings name it; what signs people in there is `openid`, slow to load."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnrs_kg.accounts import ROLES
from cnrs_kg.outbound.places import Place


@dataclass(frozen=True)
class Issuer:
    """An issuer, as whom we are known to it, and which of its claims make which role.

    `hosts` are URLs of further hosts that its endpoints lie on; `private` ones lie in a network of one's own.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    label: str = "OpenID Connect"
    name_claim: str = "preferred_username"
    role_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()
    default_role: str | None = None
    scope: str = "openid profile email"
    hosts: tuple[str, ...] = ()
    private: bool = False

    @property
    def places(self) -> list[Place]:
        """Where connections may go."""
        return [Place.of(url, private=self.private) for url in (self.issuer, *self.hosts)]

    def role(self, claims: Mapping[str, Any]) -> str | None:
        """The highest role that the claims give."""
        said = claims.get(self.role_claim, ())
        values = {said} if isinstance(said, str) else {one for one in said if isinstance(one, str)}
        found = [role for value, role in self.roles if value in values]
        return max(found, key=ROLES.index, default=self.default_role)
