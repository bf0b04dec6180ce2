"""What the query page says beyond its form, in English and in French."""

from collections.abc import Mapping

QUERYING: Mapping[str, Mapping[str, str]] = {
    "en": {
        "query_hint_enhanced": "Ctrl+Space suggests what fits, Ctrl+Enter runs the query, Tab leaves the editor.",
        "cancel": "Cancel",
        "query_running": "The query is running …",
        "query_cancelled": "Cancelled.",
        "query_unreachable": "The server could not be reached. Try again.",
        "views": "View",
        "view_table": "Table",
        "view_map": "Map",
        "view_chart": "Chart",
        "view_graph": "Graph",
        "view_part": "The drawing shows the first part of the answer.",
        "map_none": "No place is known of anything in this answer.",
        "map_answer": "The answer on the map",
        "chart_answer": "{value} by {label}",
        "graph_answer": "The answer as a graph of {nodes} things and {edges} connections; the table says the same",
        "graph_scripts": "A script draws the graph. Where none runs, the table says the same.",
        "graph_larger": "Larger",
        "graph_smaller": "Smaller",
        "why": "Why?",
    },
    "fr": {
        "query_hint_enhanced": "Ctrl+Espace propose, Ctrl+Entrée lance la requête, Tab quitte l’éditeur.",
        "cancel": "Annuler",
        "query_running": "La requête est en cours …",
        "query_cancelled": "Annulée.",
        "query_unreachable": "Le serveur est injoignable. Réessayez.",
        "views": "Vue",
        "view_table": "Tableau",
        "view_map": "Carte",
        "view_chart": "Diagramme",
        "view_graph": "Graphe",
        "view_part": "Le dessin montre la première partie de la réponse.",
        "map_none": "On ne connaît le lieu de rien de ce qui est dans cette réponse.",
        "map_answer": "La réponse sur la carte",
        "chart_answer": "{value} par {label}",
        "graph_answer": "La réponse en graphe de {nodes} choses et {edges} liens ; le tableau dit la même chose",
        "graph_scripts": "Un script dessine le graphe. S’il ne s’exécute pas, le tableau dit la même chose.",
        "graph_larger": "Agrandir",
        "graph_smaller": "Réduire",
        "why": "Pourquoi ?",
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
