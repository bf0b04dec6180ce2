"""Pages to look at, for each template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from playwright.sync_api import Page

from .stewarding import BAD, CINTRA

INSIS = "https://w3id.org/cnrs-kg/id/institute/insis"
MEMBER = urlencode({"s": CINTRA, "p": "http://www.w3.org/ns/org#hasMember", "o": INSIS})
RENAMED = urlencode({"s": CINTRA, "p": "skos:altLabel", "o": '"CINTRA Alliance"@en'})
TABLE = quote("SELECT * { <" + CINTRA + "> ?p ?o } LIMIT 30")
COUNTED = quote("SELECT ?class (COUNT(*) AS ?things) { ?thing a ?class } GROUP BY ?class ORDER BY ?things LIMIT 20")
TRIPLES = quote("CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 3")


@dataclass(frozen=True)
class Visit:
    """A page, who looks at it, and what is typed into its form."""

    path: str
    role: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    button: str = "[type=submit]"
    status: int = 200

    def by(self, page: Page, language: str, known: Mapping[str, object]) -> None:
        """Go there in a language, names of a path being known; what a page hides until it is opened is opened."""
        path = self.path.format_map(known)
        reply = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert reply is not None and reply.status == self.status
        for name, text in self.typed.items():
            page.locator(f"main [name={name}]").fill(text)
        if self.typed:
            with page.expect_navigation():
                page.locator(f"main button{self.button}").click()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    def __str__(self) -> str:
        return f"{self.path[:60]}{' by ' + self.role if self.role else ''}{' sent' if self.typed else ''}"


VISITS: dict[str, tuple[Visit, ...]] = {
    "home.html": (Visit("/"),),
    "search.html": (Visit("/search"), Visit("/search?q=singapore"), Visit("/search?q=zzzzzz")),
    "list.html": (
        Visit("/units"),
        Visit("/units?country=singapore"),
        Visit("/units?page=99", status=404),
        Visit("/offices"),
        Visit("/partners"),
        Visit("/institutes"),
        Visit("/countries"),
    ),
    "thing.html": (
        Visit("/doc/unit/cintra"),
        Visit("/doc/institute/insis"),
        Visit("/doc/office/tokyo"),
        Visit("/doc/place/singapore"),
        Visit("/doc?iri=" + quote("https://w3id.org/cnrs-kg/ontology#hasPartner", safe="")),
    ),
    "facts.html": (
        Visit("/facts?iri=id:organisation/cnrs&property=cnrs:cooperatesWith"),
        Visit("/facts?iri=id:place/singapore&property=cnrs:isLocatedIn&inverse=true"),
    ),
    "card.html": (Visit("/card?iri=" + quote(CINTRA, safe="")),),
    "cite.html": (Visit("/cite?iri=" + quote(CINTRA, safe="")), Visit("/cite?version={newest}")),
    "history.html": (Visit("/history?iri=" + quote(CINTRA, safe="")),),
    "explain.html": (
        Visit("/explain"),
        Visit(f"/explain?{MEMBER}"),
        Visit(f"/explain?{MEMBER.replace('insis', 'insb')}", status=404),
    ),
    "blame.html": (Visit("/blame"), Visit(f"/blame?{MEMBER}"), Visit(f"/blame?{RENAMED}")),
    "sparql.html": (
        Visit("/sparql"),
        Visit(f"/sparql?query={TABLE}"),
        Visit(f"/sparql?query={TRIPLES}"),
        Visit(f"/sparql?query={TABLE}&view=map"),
        Visit(f"/sparql?query={TRIPLES}&view=graph"),
        Visit(f"/sparql?query={COUNTED}&view=chart"),
        Visit("/sparql?query=ASK%20%7B%7D"),
        Visit("/sparql?query=SELECT%20%7B", status=400),
        Visit("/submissions/4/sparql", "curator"),
    ),
    "api.html": (Visit("/api"),),
    "api_query.html": (Visit("/api/members"), Visit("/api/members?body=unit/cintra")),
    "catalog.html": (Visit("/catalog"),),
    "ontology.html": (Visit("/ontology"),),
    "shapes.html": (Visit("/shapes"),),
    "versions.html": (Visit("/versions"),),
    "version.html": (
        Visit("/versions/{older}"),
        Visit("/versions/{newest}"),
        Visit("/versions/{newest}/diff?from={older}&inferred=true"),
    ),
    "validate.html": (Visit("/validate"), Visit("/validate", typed={"text": BAD})),
    "forms.html": (Visit("/form"),),
    "form.html": (
        Visit("/form?thing=" + quote(CINTRA, safe=""), "steward"),
        Visit("/form?class=JointUnit"),
        Visit("/form?class=JointUnit", typed={"id": "not good"}, button="[value=preview]"),
    ),
    "submissions.html": (Visit("/submissions"), Visit("/submissions", "steward"), Visit("/submissions?state=accepted")),
    "submission.html": (
        Visit("/submissions/1", "curator"),
        Visit("/submissions/3", "steward"),
        Visit("/submissions/4", "curator"),
        Visit("/submissions/4/diff"),
        Visit("/submissions/3/report"),
        Visit("/submissions/4/consequences"),
    ),
    "federation.html": (Visit("/federation"),),
    "conflicts.html": (Visit("/conflicts"),),
    "links.html": (Visit("/links"), Visit("/links", "curator")),
    "link.html": (Visit("/links/{link}"), Visit("/links/{link}", "curator")),
    "webhooks.html": (Visit("/webhooks", "curator"),),
    "sign_in.html": (Visit("/sign-in"), Visit("/sign-in", typed={"token": "wrong"})),
    "problem.html": (
        Visit("/nowhere", status=404),
        Visit("/versions/99", status=404),
        Visit("/sparql?query=ASK%20%7B%7D&format=nonsense", status=406),
        Visit("/sparql?query=ASK%20%7B%7D&version=1", status=410),
    ),
    "problems.html": (Visit("/problems"),),
}
