"""What the query page says beyond its form, in English and in French."""

from collections.abc import Mapping

QUERYING: Mapping[str, Mapping[str, str]] = {
    "en": {
        "query_hint_enhanced": "Ctrl+Space suggests what fits, Ctrl+Enter runs the query, Tab leaves the editor.",
        "cancel": "Cancel",
        "query_running": "The query is running …",
        "query_cancelled": "Cancelled.",
        "query_unreachable": "The server could not be reached. Try again.",
    },
    "fr": {
        "query_hint_enhanced": "Ctrl+Espace propose, Ctrl+Entrée lance la requête, Tab quitte l’éditeur.",
        "cancel": "Annuler",
        "query_running": "La requête est en cours …",
        "query_cancelled": "Annulée.",
        "query_unreachable": "Le serveur est injoignable. Réessayez.",
    },
}

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "fr": {
        "Completions": "Propositions",
        "Diagnostics": "Erreurs",
        "No diagnostics": "Aucune erreur",
        "close": "fermer",
        "Control character": "Caractère de contrôle",
        "Selection deleted": "Sélection supprimée",
    },
}
"""What the editor itself says, where that is not English (https://codemirror.net/examples/translate/)."""


def scripted(language: str) -> dict[str, object]:
    """What the page's scripts say in a language."""
    texts = QUERYING[language]
    names = ("running", "cancelled", "unreachable")
    return {**{name: texts[f"query_{name}"] for name in names}, "phrases": dict(PHRASES[language])}
