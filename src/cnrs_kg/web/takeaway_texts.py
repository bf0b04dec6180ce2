"""What pages say where something is taken away (citations, feeds, cards), in English and in French."""

from collections.abc import Mapping

TAKE_AWAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "cite": "Cite this",
        "cite_title": "How to cite: {what}",
        "cite_intro": "The link leads to what you read, in the version you read, whatever changes later.",
        "cite_query": "Answer of a SPARQL query ({digest})",
        "cite_link": "Permanent link",
        "cite_query_digest": "SHA-256 of the query",
        "cite_text": "Plain text",
        "cite_bibtex": "BibTeX",
        "cite_csl": "CSL-JSON (Zotero, Pandoc)",
        "cite_datacite": "DataCite metadata",
    },
    "fr": {
        "cite": "Citer",
        "cite_title": "Comment citer : {what}",
        "cite_intro": "Le lien mène à ce que vous avez lu, dans cette version, quels que soient les changements.",
        "cite_query": "Réponse à une requête SPARQL ({digest})",
        "cite_link": "Lien permanent",
        "cite_query_digest": "SHA-256 de la requête",
        "cite_text": "Texte",
        "cite_bibtex": "BibTeX",
        "cite_csl": "CSL-JSON (Zotero, Pandoc)",
        "cite_datacite": "Métadonnées DataCite",
    },
}
