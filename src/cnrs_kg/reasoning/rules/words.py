"""What each rule says, in a few words, for those who do not know its id."""

from cnrs_kg.reasoning.rules.model import Text

WORDS: dict[str, Text] = {
    "asserted": Text("asserted", "affirmé"),
    "eq-sym": Text("sameness goes both ways", "l'identité vaut dans les deux sens"),
    "eq-trans": Text("sameness carries over", "l'identité se transmet"),
    "eq-rep-s": Text("said of the same thing", "dit de la même chose"),
    "eq-rep-p": Text("the same property", "la même propriété"),
    "eq-rep-o": Text("the same value", "la même valeur"),
    "eq-diff1": Text("different, yet the same", "différents et pourtant identiques"),
    "eq-diff2": Text("all different, yet two are the same", "tous différents, mais deux sont identiques"),
    "eq-diff3": Text("all different, yet two are the same", "tous différents, mais deux sont identiques"),
    "prp-dom": Text("what has this property belongs to its domain", "qui a cette propriété appartient à son domaine"),
    "prp-rng": Text("values of this property belong to its range", "les valeurs appartiennent à son image"),
    "prp-fp": Text("the property has one value", "la propriété n'a qu'une valeur"),
    "prp-ifp": Text("the value identifies its subject", "la valeur identifie son sujet"),
    "prp-irp": Text("nothing has this property to itself", "rien n'est lié à soi-même par cette propriété"),
    "prp-symp": Text("the property goes both ways", "la propriété vaut dans les deux sens"),
    "prp-asyp": Text("the property goes one way", "la propriété ne vaut que dans un sens"),
    "prp-trp": Text("the property is transitive", "la propriété est transitive"),
    "prp-spo1": Text("sub-property", "sous-propriété"),
    "prp-spo2": Text("chain of properties", "chaîne de propriétés"),
    "prp-eqp1": Text("equivalent property", "propriété équivalente"),
    "prp-eqp2": Text("equivalent property", "propriété équivalente"),
    "prp-pdw": Text("the properties exclude each other", "les propriétés s'excluent"),
    "prp-adp": Text("the properties exclude each other", "les propriétés s'excluent"),
    "prp-inv1": Text("inverse property", "propriété inverse"),
    "prp-inv2": Text("inverse property", "propriété inverse"),
    "prp-key": Text("the same key", "la même clé"),
    "prp-npa1": Text("the contrary is stated", "le contraire est affirmé"),
    "prp-npa2": Text("the contrary is stated", "le contraire est affirmé"),
    "cls-nothing2": Text("the class is empty", "la classe est vide"),
    "cls-int1": Text("belongs to all that the class needs", "appartient à tout ce que la classe exige"),
    "cls-int2": Text("the class is part of this one", "la classe est comprise dans celle-ci"),
    "cls-uni": Text("one of the classes united here", "l'une des classes réunies ici"),
    "cls-com": Text("belongs to a class and to its complement", "appartient à une classe et à son complément"),
    "cls-svf1": Text("has such a value", "a une telle valeur"),
    "cls-svf2": Text("has a value", "a une valeur"),
    "cls-avf": Text("all values belong to the class", "toutes les valeurs appartiennent à la classe"),
    "cls-hv1": Text("members of the class have this value", "les membres de la classe ont cette valeur"),
    "cls-hv2": Text("what has this value belongs to the class", "qui a cette valeur appartient à la classe"),
    "cls-maxc1": Text("no value is allowed", "aucune valeur n'est permise"),
    "cls-maxc2": Text("one value is allowed", "une seule valeur est permise"),
    "cls-maxqc1": Text("no such value is allowed", "aucune telle valeur n'est permise"),
    "cls-maxqc2": Text("no value is allowed", "aucune valeur n'est permise"),
    "cls-maxqc3": Text("one such value is allowed", "une seule telle valeur est permise"),
    "cls-maxqc4": Text("one value is allowed", "une seule valeur est permise"),
    "cls-oo": Text("listed as a member", "énuméré parmi les membres"),
    "cax-sco": Text("sub-class", "sous-classe"),
    "cax-eqc1": Text("equivalent class", "classe équivalente"),
    "cax-eqc2": Text("equivalent class", "classe équivalente"),
    "cax-dw": Text("the classes exclude each other", "les classes s'excluent"),
    "cax-adc": Text("the classes exclude each other", "les classes s'excluent"),
    "dt-type2": Text("the value lies in the datatype", "la valeur est de ce type"),
    "dt-not-type": Text("the value does not lie in the datatype", "la valeur n'est pas de ce type"),
    "cnrs-claim": Text("a claim that holds on this day", "une affirmation valable ce jour"),
}
_SCHEMA = Text("follows from the ontology", "découle de l'ontologie")


def words(rule: str, language: str) -> str:
    """What the rule says, in English or French."""
    text = WORDS.get(rule, _SCHEMA)
    return text.fr if language == "fr" else text.en
