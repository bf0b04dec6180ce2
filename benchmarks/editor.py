"""The query page's editor beside YASGUI: how much a browser loads, and how well each knows what is well formed.

    python benchmarks/editor.py [--json FILE]

Sizes are of minified scripts as the server sends them (gzip 9). YASGUI and its editor alone, YASQE, come from npm
in a temporary directory and are built by the same Vite; YASQE then judges in Chromium the W3C's syntax tests of queries
(SPARQL 1.1 and 1.2; the suite lies in `conformance/sparql` beside the project, CNRS_KG_SHARED). Ours asks the server.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from playwright.sync_api import sync_playwright

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.web.app import create_app
from cnrs_kg.web.static_files import BUILT
from reasoning import told

PROJECT = Path(__file__).parents[1]
ASSETS = PROJECT / "src" / "cnrs_kg" / "web" / "assets"
SUITE = Path(os.environ.get("CNRS_KG_SHARED", PROJECT.parent / "shared")) / "conformance" / "sparql"
CHROMIUM = os.environ.get("CNRS_KG_CHROMIUM", "/usr/bin/chromium")
VERSION = "4.6.2"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
KINDS = {f"{MF}{word}SyntaxTest{end}": word == "Positive" for word in ("Positive", "Negative") for end in ("", "11")}
JUDGED = "(query) => { yasqe.setValue(query); return yasqe.queryValid }"


def cases() -> Iterator[tuple[str, bool, str]]:
    """The suite, whether it is right, and the text of each query that the syntax tests have."""
    for manifest in sorted(SUITE.glob("*/*/manifest.ttl")):
        quads = list(ox.parse(path=manifest, base_iri=manifest.as_uri()))
        kinds = {quad.subject: quad.object.value for quad in quads if quad.predicate == RDF("type")}
        for quad in quads:
            kind = kinds.get(quad.subject)
            if quad.predicate.value == f"{MF}action" and kind in KINDS and quad.object.value.endswith(".rq"):
                text = (manifest.parent / quad.object.value.rpartition("/")[2]).read_text(encoding="utf-8")
                yield manifest.parents[1].name, KINDS[kind], text


def judged(name: str, judge: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """How many well-formed queries are taken for faulty, and how many faulty ones for well formed."""
    counted: dict[str, Counter[str]] = {}
    for suite, right, text in cases():
        row = counted.setdefault(suite, Counter())
        row["well_formed" if right else "faulty"] += 1
        if judge(text) != right:
            row["false_alarms" if right else "missed"] += 1
    for suite, row in counted.items():
        yield {"editor": name, "suite": suite, "false_alarms": row["false_alarms"], "missed": row["missed"], **row}


def packed(file: Path) -> dict[str, Any]:
    data = file.read_bytes()
    return {"kb": round(len(data) / 1000, 1), "gzip_kb": round(len(gzip.compress(data, 9)) / 1000, 1)}


def peers(directory: Path) -> Iterator[tuple[str, Path]]:
    """YASGUI and YASQE, each as one script with a global of its name."""
    names = ("yasgui", "yasqe")
    wanted = [f"@zazuko/{name}@{VERSION}" for name in names]
    (directory / "package.json").write_text('{"type": "module"}')
    npm = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
    subprocess.run([*npm, *wanted], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    for name in names:
        (directory / f"{name}.js").write_text(f'import found from "@zazuko/{name}";\nwindow.{name} = found;\n')
        config = {"lib": {"entry": f"{name}.js", "formats": ["iife"], "name": "x"}, "outDir": f"built-{name}"}
        (directory / "vite.config.js").write_text(f"export default {json.dumps({'build': config})};")
        vite = ["node", str(ASSETS / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error"]
        subprocess.run(vite, cwd=directory, check=True)
        yield name, next((directory / f"built-{name}").glob("*.js"))


def by_yasqe(script: Path) -> Iterator[dict[str, Any]]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(path=script)
        page.evaluate("window.yasqe = new yasqe(document.body, { persistenceId: null, autocompleters: [] })")
        yield from judged("yasqe", lambda query: bool(page.evaluate(JUDGED, query)))
        browser.close()


def by_us(data_dir: Path) -> Iterator[dict[str, Any]]:
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        kg.build(progress=lambda stage: None)
        client = create_app(kg, log=lambda line: None).test_client()

        def judge(query: str) -> bool:
            return client.post("/sparql/check", data={"query": query}).get_json()["problem"] is None

        yield from judged("ours", judge)


def measure(directory: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(BUILT.glob("*.js")):
        yield told({"script": file.name.rpartition("-")[0], **packed(file)})
    for name, script in peers(directory):
        yield told({"script": name, **packed(script)})
    yield from map(told, by_yasqe(directory / "built-yasqe" / script.name))
    yield from map(told, by_us(directory / "data"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    if not list(BUILT.glob("*.js")) or shutil.which("npm") is None:
        options.error("needs npm and what it builds: make web")
    with tempfile.TemporaryDirectory() as scratch:
        rows = list(measure(Path(scratch)))
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=2))
        click.echo(f"written to {chosen.json}", err=True)


if __name__ == "__main__":
    main()
