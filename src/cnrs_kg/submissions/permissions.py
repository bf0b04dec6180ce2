"""Who may do what with submissions."""

from dataclasses import dataclass, fields
from typing import Protocol

from cnrs_kg.errors import PermissionRefused
from cnrs_kg.submissions.states import Action
from cnrs_kg.submissions.submission import Submission


@dataclass(frozen=True)
class Rules:
    """Whether curators may accept their own submissions, whether anybody may submit, seconds to wait for a turn.

    Open submissions that are nobody's are no more than `anonymous_open`, and take no more than `anonymous_bytes` and
    those of one.
    """

    accept_own: bool = False
    anonymous_submit: bool = False
    lock_timeout: float = 30.0
    anonymous_open: int = 100
    anonymous_bytes: int = 2**28

    @classmethod
    def of(cls, settings: object) -> "Rules":
        """The rules by the settings of the same names."""
        return cls(**{rule.name: getattr(settings, rule.name) for rule in fields(cls)})


class Agent(Protocol):
    """Somebody who acts: a name, and a role that includes lesser ones."""

    @property
    def name(self) -> str:
        """What decisions and versions call them."""

    @property
    def role(self) -> str:
        """What they may do."""

    def may(self, role: str) -> bool:
        """Whether they have this role, or more."""


_DECISIONS = (Action.ACCEPT, Action.REJECT, Action.REQUEST_CHANGES)


def require(agent: Agent | None, role: str, purpose: str) -> Agent:
    """The agent, if the role is enough; else `PermissionRefused` that says which role is."""
    if agent is None:
        raise PermissionRefused(
            f"{purpose} needs a token with the role {role}",
            advice="Send 'Authorization: Bearer TOKEN' with a token from: cnrs-kg users add.",
            authenticated=False,
            role=role,
        )
    if not agent.may(role):
        raise PermissionRefused(
            f"{purpose} needs the role {role}; {agent.name} is {agent.role}",
            advice="Ask somebody who has it: cnrs-kg users list.",
            role=role,
        )
    return agent


def permit(agent: Agent | None, action: Action, submission: Submission, *, accept_own: bool) -> Agent:
    """The agent, if they may do this with the submission; else `PermissionRefused`.

    Curators decide, but accept nothing of their own without `accept_own`; who submitted may amend and withdraw.
    """
    purpose = f"To {action.replace('-', ' ')} submission {submission.number}"
    if action in _DECISIONS:
        curator = require(agent, "curator", purpose)
        if action is Action.ACCEPT and curator.name == submission.submitter and not accept_own:
            raise PermissionRefused(
                f"submission {submission.number} is {curator.name}'s own",
                advice="Let another curator accept it, or set accept_own.",
                role="curator",
            )
        return curator
    found = require(agent, "steward", purpose)
    if found.name != submission.submitter:
        raise PermissionRefused(
            f"submission {submission.number} is not {found.name}'s own",
            advice="Who submitted it may amend or withdraw it; a curator may reject it.",
            role="steward",
        )
    return found
