"""The exceptions that a caller may want to catch, and what each carries.

CnrsKgError
    ConfigError
    PermissionRefused
    AccountRefused
    RdfError            RdfSyntaxError · UnsupportedFormat · BlankNodeRefused · TooNested · PatchSyntaxError
    StoreError          VersionNotFound · VersionGone · StoreLocked · StoreDamaged · ProtectedGraph · VersionMoved
    QueryError          QuerySyntaxError · QueryTooComplex · ServiceRefused · LoadRefused · DatasetRefused
                        QueryTimeout · QueryMemory · ResultTooLarge · QueryCrashed · EngineBusy
                        UpdateRefused · QueryCancelled · ServiceFailed · ServiceTimeout · PinNotFound
    OutboundError       OutboundRefused · OutboundUnavailable · OutboundTimeout · OutboundAnswer · OutboundTooLarge
    UploadTooLarge
    BadParameter
    LinkNotFound
    SubmissionError     SubmissionNotFound · IllegalTransition · StaleSubmission · QueueFull
    ReasoningError      ReasoningBudget
    ShapesError

A negative answer (does not conform, inconsistent, rejected) is a value and never one of these.
"""

from typing import Any


class CnrsKgError(Exception):
    """A failure with what was wrong, where (line and column from 1), which limit, and what to do."""

    def __init__(
        self,
        detail: str,
        *,
        position: tuple[int, int] | None = None,
        limit: str | None = None,
        advice: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.position = position
        self.limit = limit
        self.advice = advice
        self.extra = extra


class ConfigError(CnrsKgError):
    """A setting is unknown or has a value that it cannot have."""


class PermissionRefused(CnrsKgError):
    """The caller is not known (extra `authenticated` is False) or lacks the role (extra `role`)."""


class AccountRefused(CnrsKgError):
    """A name, role or expiry that an account cannot have, or an account that is not there."""


class RdfError(CnrsKgError):
    """RDF that cannot be taken in."""


class RdfSyntaxError(RdfError):
    """The document breaks its format's grammar; `position` tells where."""


class UnsupportedFormat(RdfError):
    """No reader or writer for this media type or file name."""


class BlankNodeRefused(RdfError):
    """A blank node that has no deterministic name: shared by several statements, or on a cycle."""


class TooNested(RdfError):
    """Nesting beyond what the native parsers bear."""


class PatchSyntaxError(RdfError):
    """A row that is not RDF Patch; `position` tells which."""


class StoreError(CnrsKgError):
    """The versions on disk cannot do what was asked."""


class BadParameter(CnrsKgError):
    """A parameter of a saved query that is missing, unknown, or not of its type."""


class VersionNotFound(StoreError):
    """No version of this number was ever published."""


class VersionGone(StoreError):
    """The version was pruned; extra `neighbours` holds the nearest numbers kept."""


class StoreLocked(StoreError):
    """Another writer holds the lock."""


class StoreDamaged(StoreError):
    """What is on disk does not agree with its own record."""


class ProtectedGraph(StoreError):
    """The named graph may not be written this way."""


class VersionMoved(StoreError):
    """The change was made from a version that is no longer the current one."""


class QueryError(CnrsKgError):
    """A query or update that gives no answer."""


class QuerySyntaxError(QueryError):
    """Not SPARQL; `position` tells where."""


class QueryTooComplex(QueryError):
    """Longer or deeper than the limit named."""


class ServiceRefused(QueryError):
    """SERVICE to an endpoint that is not on the list, or where it cannot be asked for what it says."""


class ServiceFailed(QueryError):
    """An endpoint asked by SERVICE gave no answer of use; extra `service` and `endpoint` tell which."""


class ServiceTimeout(ServiceFailed):
    """An endpoint asked by SERVICE did not answer in time."""


class PinNotFound(QueryError):
    """No answer is kept under this name."""


class LoadRefused(QueryError):
    """LOAD: this endpoint fetches nothing."""


class DatasetRefused(QueryError):
    """A dataset (FROM, default-graph-uri) that cannot be made within the limit."""


class QueryTimeout(QueryError):
    """The deadline passed."""


class QueryMemory(QueryError):
    """The memory allowed to one query was used up."""


class ResultTooLarge(QueryError):
    """The complete answer is larger than the limit named; it is not cut short."""


class QueryCrashed(QueryError):
    """The worker ended without an answer, for no limit that we know."""


class QueryCancelled(QueryError):
    """Whoever asked has left; nobody reads this."""


class EngineBusy(QueryError):
    """The backlog is full; extra `retry_after` holds seconds."""


class UpdateRefused(QueryError):
    """An update that cannot be applied as asked: a graph that is not there (without SILENT), or already is."""


class OutboundError(CnrsKgError):
    """Another host that was asked, or was not to be asked; extra `host` names it where there is one."""


class OutboundRefused(OutboundError):
    """An address that may not be asked: not on the list, not public, not https, or redirected where it may not go."""


class OutboundUnavailable(OutboundError):
    """The host cannot be reached, or has no time for us; extra `retry_after` holds seconds where it said so."""


class OutboundTimeout(OutboundError):
    """The host did not answer, or not to the end, before the deadline."""


class OutboundAnswer(OutboundError):
    """The host answered what is of no use: another status (extra `answered`) or format, or a body that is broken."""


class OutboundTooLarge(OutboundError):
    """The answer is larger than the limit named."""


class UploadTooLarge(CnrsKgError):
    """A body larger than the limit named."""


class LinkNotFound(CnrsKgError):
    """No link between records has this name."""


class SubmissionError(CnrsKgError):
    """A submission that cannot be taken in, or a step that cannot be taken with one."""


class SubmissionNotFound(SubmissionError):
    """No submission has this number."""


class IllegalTransition(SubmissionError):
    """The submission's state does not allow this step; extra `state` tells which it is."""


class StaleSubmission(SubmissionError):
    """What the submission changes was changed otherwise meanwhile; extra `conflicts` lists the statements."""


class QueueFull(SubmissionError):
    """Nobody's submissions fill the room that they have, until curators decide some; `limit` names it."""


class ReasoningError(CnrsKgError):
    """The closure could not be computed."""


class ReasoningBudget(ReasoningError):
    """The closure exceeded its budget; extra `axiom` and `counts` tell what grew."""


class ShapesError(CnrsKgError):
    """The shapes graph itself is malformed."""
