"""What the pages for stewards say (impact, forms, deliveries), in English and in French."""

from collections.abc import Mapping

STEWARDING: Mapping[str, Mapping[str, str]] = {
    "en": {
        "impact": "What changes elsewhere",
        "impact_answers": "Answers that change",
        "impact_compared": "{changed} of {asked} questions that this can touch, compared with version {version}",
        "impact_none": "No answer changes.",
        "impact_gained": "rows gained",
        "impact_lost": "rows lost",
        "impact_unanswered": "Not answered:",
        "impact_rows": "There are more rows: download the whole.",
        "impact_exports": "Exports that change",
        "impact_no_exports": "No export changes.",
        "impact_graphs": "Named graphs",
        "impact_stream": "Event stream",
        "impact_members": "members more",
        "impact_dumps": "Dumps",
        "impact_records": "Records at registries",
        "impact_link_added": "link added",
        "impact_link_withdrawn": "link withdrawn",
    },
    "fr": {
        "impact": "Ce qui change ailleurs",
        "impact_answers": "Réponses qui changent",
        "impact_compared": "{changed} sur {asked} questions que cela peut toucher, par rapport à la version {version}",
        "impact_none": "Aucune réponse ne change.",
        "impact_gained": "lignes gagnées",
        "impact_lost": "lignes perdues",
        "impact_unanswered": "Sans réponse :",
        "impact_rows": "Il y a d’autres lignes : téléchargez le tout.",
        "impact_exports": "Exports qui changent",
        "impact_no_exports": "Aucun export ne change.",
        "impact_graphs": "Graphes nommés",
        "impact_stream": "Flux d’événements",
        "impact_members": "membres de plus",
        "impact_dumps": "Copies",
        "impact_records": "Notices dans les registres",
        "impact_link_added": "lien ajouté",
        "impact_link_withdrawn": "lien retiré",
    },
}
