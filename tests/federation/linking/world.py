"""Two small registries: laboratories that are in both, twins, and a namesake."""

import json
from pathlib import Path
from typing import Any

from cnrs_kg.federation.registries import Wanted
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..test_rnsr import HEAD
from ..test_ror import record

COLUMNS = HEAD.split(";")
ROR = "https://ror.org/"
LPG, TWIN, OTHER_TWIN, NTU = (ROR + name for name in ("01aaaaa01", "01aaaaa02", "01aaaaa03", "02e7b5302"))
RNSR = "https://appliweb.dgri.education.fr/rnsr/PresenteStruct.jsp?numNatStruct={}&PUBLIC=OK"


def ror(iri: str, name: str, acronym: str | None, city: str = "Nantes", **fields: Any) -> dict[str, Any]:
    """A record of ROR."""
    names = [{"lang": "fr", "types": ["ror_display", "label"], "value": name}]
    names += [{"lang": None, "types": ["acronym"], "value": acronym}] if acronym else []
    details = {"name": city, "country_code": "FR", "country_subdivision_name": None, "lat": 47.2, "lng": -1.5}
    places = [{"geonames_id": 2990969, "geonames_details": details}]
    return record(id=iri, names=names, locations=places, relationships=[], external_ids=[], **fields)


RECORDS = (
    ror(LPG, "Laboratoire de planétologie et géosciences", "LPG", established=2008),
    ror(TWIN, "Centre de recherche sur les jumeaux", None, established=2001),
    ror(OTHER_TWIN, "Centre de recherche sur les jumeaux", None, established=2001),
    ror(NTU, "Nanyang Technological University", "NTU", "Singapore", established=1991),
)
ROWS = (
    {"numero_national_de_structure": "201220316A", "libelle": "Laboratoire de planetologie et geosciences",
     "sigle": "LPG", "commune": "NANTES CEDEX 3", "annee_de_creation": "2008"},
    {"numero_national_de_structure": "199911111B", "libelle": "Centre de recherche sur les jumeaux",
     "commune": "NANTES", "annee_de_creation": "1980"},
    {"numero_national_de_structure": "200919745C", "libelle": "CNRS International NTU Thales Research Alliance",
     "sigle": "CINTRA", "label_numero": "IRL 3288", "commune": "Singapore", "annee_de_creation": "2009"},
    {"numero_national_de_structure": "200512556F", "libelle": "Institut de chimie", "sigle": "INC",
     "commune": "PARIS", "annee_de_creation": "2009"},
)  # fmt: skip
OURS = RNSR.format("201220316A")
LONELY = RNSR.format("199911111B")
CINTRA = RNSR.format("200919745C")


def write(directory: Path, records: tuple[dict[str, Any], ...] = RECORDS) -> dict[str, Path]:
    """The registries' files."""
    files = {"ror": directory / "ror.jsonl", "rnsr": directory / "rnsr.csv"}
    files["ror"].write_text("".join(json.dumps(one) + "\n" for one in records))
    lines = (";".join(row.get(name, "") for name in COLUMNS) for row in ROWS)
    files["rnsr"].write_text("\n".join((HEAD, *lines)) + "\n")
    return files


def harvest(kg: KnowledgeGraph, directory: Path) -> None:
    """Both registries published."""
    for name, file in write(directory).items():
        assert kg.registries.harvest(name, Wanted(file), progress=lambda stage: None).outcome.conforms
