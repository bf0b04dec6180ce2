"""Failures as problem documents, or as a readable page for a browser.

https://www.rfc-editor.org/rfc/rfc9457
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from cnrs_kg import errors
from cnrs_kg.telling.french import french
from cnrs_kg.web import negotiation
from cnrs_kg.web.caching import VARY
from cnrs_kg.web.messages import (
    BadRequest,
    ExpectationFailed,
    Incoming,
    MediaTypeRefused,
    MethodRefused,
    PreconditionFailed,
    Reply,
    header_value,
)
from cnrs_kg.web.negotiation import NotAcceptable
from cnrs_kg.web.security import REALM

MEDIA_TYPE = "application/problem+json"
_LONGEST_DETAIL = 4000


class NotFound(errors.CnrsKgError):
    """Nothing is here."""


class Gone(errors.CnrsKgError):
    """Something was here and is no longer; extra `history` and `last` lead to what it was."""


class NotReady(errors.CnrsKgError):
    """Nothing is published yet."""


class Refused(errors.CnrsKgError):
    """A change that does not conform: nothing was changed; extra `verdict` says why."""


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its HTTP status, the fragment of its type IRI, its title in both languages."""

    status: int
    name: str
    en: str
    fr: str

    def title(self, language: str) -> str:
        """The title in a language."""
        return self.fr if language == "fr" else self.en


KINDS: dict[type[errors.CnrsKgError], Kind] = {
    errors.CnrsKgError: Kind(500, "internal", "The server failed", "Le serveur a échoué"),
    errors.ConfigError: Kind(500, "configuration", "The server is set up wrongly", "Le serveur est mal configuré"),
    errors.AccountRefused: Kind(400, "account", "An account that cannot be", "Compte impossible"),
    errors.PermissionRefused: Kind(403, "permission", "Not allowed", "Action non autorisée"),
    errors.RdfError: Kind(400, "rdf", "The RDF cannot be taken in", "RDF irrecevable"),
    errors.RdfSyntaxError: Kind(400, "rdf-syntax", "The RDF is not well formed", "RDF mal formé"),
    errors.UnsupportedFormat: Kind(415, "format", "A format that is not read here", "Format non pris en charge"),
    errors.BlankNodeRefused: Kind(
        422, "blank-node", "A blank node that cannot be named", "Nœud anonyme impossible à nommer"
    ),
    errors.TooNested: Kind(400, "nesting", "Nested too deeply", "Imbrication trop profonde"),
    errors.PatchSyntaxError: Kind(400, "patch-syntax", "The patch is not well formed", "Patch mal formé"),
    errors.BadParameter: Kind(400, "bad-parameter", "The parameter is not right", "Paramètre incorrect"),
    errors.StoreError: Kind(500, "store", "The store failed", "Le magasin de données a échoué"),
    errors.VersionNotFound: Kind(404, "version-not-found", "No such version", "Version inexistante"),
    errors.VersionGone: Kind(410, "version-gone", "The version is no longer kept", "Version qui n'est plus conservée"),
    errors.StoreLocked: Kind(503, "writing", "Another change is being written", "Une autre modification est en cours"),
    errors.StoreDamaged: Kind(500, "store-damaged", "The store is damaged", "Magasin de données endommagé"),
    errors.VersionMoved: Kind(409, "version-moved", "Other changes came first", "D'autres modifications ont précédé"),
    errors.ProtectedGraph: Kind(403, "protected-graph", "The graph is protected", "Graphe protégé"),
    errors.QueryError: Kind(400, "query", "The query gives no answer", "La requête n'aboutit pas"),
    errors.QuerySyntaxError: Kind(400, "query-syntax", "The query is not well formed", "Requête mal formée"),
    errors.QueryTooComplex: Kind(400, "query-too-complex", "Too long or too deep a query", "Requête trop complexe"),
    errors.ServiceRefused: Kind(403, "service-refused", "SERVICE is not allowed here", "SERVICE n'est pas permis ici"),
    errors.ServiceFailed: Kind(502, "service-failed", "Another endpoint failed", "Un autre point d'accès a échoué"),
    errors.ServiceTimeout: Kind(
        504, "service-timeout", "Another endpoint took too long", "Un autre point d'accès a trop tardé"
    ),
    errors.PinNotFound: Kind(404, "pin-not-found", "No such answer is kept", "Réponse qui n'est pas conservée"),
    errors.LoadRefused: Kind(403, "load-refused", "LOAD is not allowed here", "LOAD n'est pas permis ici"),
    errors.DatasetRefused: Kind(400, "dataset", "The dataset cannot be made", "Jeu de graphes impossible"),
    errors.UpdateRefused: Kind(400, "update", "The update cannot be applied", "Mise à jour inapplicable"),
    errors.QueryTimeout: Kind(504, "query-timeout", "The query took too long", "Requête trop longue"),
    errors.QueryCancelled: Kind(503, "query-cancelled", "The query was given up", "Requête abandonnée"),
    errors.QueryMemory: Kind(507, "query-memory", "The query needs too much memory", "Mémoire insuffisante"),
    errors.ResultTooLarge: Kind(507, "result-too-large", "The answer is too large", "Réponse trop volumineuse"),
    errors.QueryCrashed: Kind(500, "query-crashed", "The query ended its worker", "Moteur de requête interrompu"),
    errors.EngineBusy: Kind(503, "busy", "The server is busy", "Le serveur est occupé"),
    errors.OutboundError: Kind(502, "outbound", "Another host failed", "Un autre serveur a échoué"),
    errors.OutboundRefused: Kind(
        403, "outbound-refused", "A host that may not be asked", "Serveur qui ne peut pas être interrogé"
    ),
    errors.OutboundUnavailable: Kind(
        503, "outbound-unavailable", "Another host cannot be reached", "Un autre serveur est injoignable"
    ),
    errors.OutboundTimeout: Kind(
        504, "outbound-timeout", "Another host took too long", "Un autre serveur a trop tardé"
    ),
    errors.OutboundAnswer: Kind(
        502, "outbound-answer", "Another host answered what is of no use", "Réponse inutilisable d'un autre serveur"
    ),
    errors.OutboundTooLarge: Kind(
        502, "outbound-too-large", "Another host answered too much", "Réponse trop volumineuse d'un autre serveur"
    ),
    errors.UploadTooLarge: Kind(413, "upload-too-large", "The body is too large", "Envoi trop volumineux"),
    errors.LinkNotFound: Kind(404, "link-not-found", "No such link", "Lien inexistant"),
    errors.SubmissionError: Kind(400, "submission", "No submission can be made of this", "Soumission impossible"),
    errors.SubmissionNotFound: Kind(404, "submission-not-found", "No such submission", "Soumission inexistante"),
    errors.IllegalTransition: Kind(409, "transition", "Not a step from this state", "Étape impossible dans cet état"),
    errors.StaleSubmission: Kind(409, "conflict", "Others changed the same", "Conflit avec d'autres modifications"),
    errors.QueueFull: Kind(503, "queue-full", "Too many contributions wait", "Trop de contributions en attente"),
    errors.ReasoningError: Kind(500, "reasoning", "The reasoning failed", "Le raisonnement a échoué"),
    errors.ReasoningBudget: Kind(
        422, "reasoning-budget", "The change implies too many statements", "Trop d'énoncés déduits de la modification"
    ),
    errors.ShapesError: Kind(500, "shapes", "The shapes are malformed", "Formes SHACL mal formées"),
    BadRequest: Kind(400, "request", "The request breaks its protocol", "Requête HTTP incorrecte"),
    MediaTypeRefused: Kind(415, "media-type", "A body that is not read here", "Corps de requête non pris en charge"),
    PreconditionFailed: Kind(412, "precondition", "A precondition does not hold", "Condition préalable non remplie"),
    ExpectationFailed: Kind(417, "expectation", "Nobody meets the expectation", "Attente à laquelle rien ne répond"),
    MethodRefused: Kind(405, "method", "The method is not allowed here", "Méthode non permise"),
    NotAcceptable: Kind(406, "not-acceptable", "No acceptable format", "Aucun format acceptable"),
    NotReady: Kind(503, "not-ready", "Nothing is published yet", "Rien n'est encore publié"),
    Refused: Kind(422, "does-not-conform", "The change does not conform", "Modification non conforme"),
    Gone: Kind(410, "gone", "This is no longer published", "Ceci n'est plus publié"),
    NotFound: Kind(404, "not-found", "Nothing is here", "Rien à cette adresse"),
}
"""Looked up along the method resolution order, so that a class that is not named takes its parent's."""


@dataclass(frozen=True)
class Problem:
    """A problem, ready to be written."""

    kind: Kind
    type: str
    detail: str
    position: tuple[int, int] | None = None
    limit: str | None = None
    advice: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def told(self, language: str) -> "Problem":
        """The same as a reader of a language is told, as far as its texts are known there."""
        if language != "fr":
            return self
        advice = self.advice and (french(self.advice) or self.advice)
        return replace(self, detail=french(self.detail) or self.detail, advice=advice)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The members of the problem document."""
        told = self.told(language)
        where = {"line": self.position[0], "column": self.position[1]} if self.position else {}
        members = {
            "type": self.type,
            "title": self.kind.title(language),
            "status": self.kind.status,
            "detail": told.detail,
            "position": dict(where) or None,
            **where,
            "limit": self.limit,
            "advice": told.advice,
        }
        return {name: value for name, value in members.items() if value is not None} | self.extra


def kind_of(error: errors.CnrsKgError) -> Kind:
    """Which kind of problem an exception is."""
    kind = next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)
    if isinstance(error, errors.PermissionRefused) and error.extra.get("authenticated") is False:
        return Kind(401, "authentication", "Who are you?", "Authentification requise")
    return kind


def problem(error: errors.CnrsKgError, base_iri: str) -> Problem:
    """The problem that an exception makes, with the headers that its status asks for."""
    kind = kind_of(error)
    reserved = {"type", "title", "status", "detail", "position", "line", "column", "limit", "advice"}
    return Problem(
        kind,
        f"{base_iri}problems#{kind.name}",
        error.detail[:_LONGEST_DETAIL],
        error.position,
        error.limit,
        error.advice,
        {name: value for name, value in error.extra.items() if name not in reserved},
        tuple(_headers(error, kind.status)),
    )


def _headers(error: errors.CnrsKgError, status: int) -> list[tuple[str, str]]:
    if status == 401:
        challenge = ', error="invalid_token"' if error.extra.get("invalid") else ""
        return [("WWW-Authenticate", f'Bearer realm="{REALM}"{challenge}')]
    if status == 403 and isinstance(error, errors.PermissionRefused):
        return [("WWW-Authenticate", f'Bearer realm="{REALM}", error="insufficient_scope"')]
    if status == 405:
        return [("Allow", ", ".join(error.extra.get("allow", ())))]
    if status == 503:
        return [("Retry-After", str(max(1, round(error.extra.get("retry_after", 1)))))]
    return []


def reply(found: Problem, language: str = "en", *, body: bool = True) -> Reply:
    """The problem as a reply in JSON."""
    text = json.dumps(found.to_json(language), ensure_ascii=False, default=str).encode()
    headers = (
        ("Content-Type", MEDIA_TYPE),
        ("Content-Language", language),
        ("Content-Length", str(len(text))),
        ("Cache-Control", "no-store"),
        ("Vary", VARY),
        *((name, header_value(value)) for name, value in found.headers),
    )
    return Reply(found.kind.status, headers, text if body else b"")


def wants_page(incoming: Incoming) -> bool:
    """Whether this client reads pages rather than problem documents and data."""
    return negotiation.page_preferred(incoming.header("Accept") or "")
