"""A package imports only what stands above it in the list of layers, and modules stay small."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "cnrs_kg"
LAYERS = [
    "errors telling",
    "rdf outbound",
    "store",
    "spreadsheets",
    "engine",
    "reasoning",
    "validation",
    "submissions",
    "overview",
    "federation notifying publishing",
    "accounts",
    "sessions",
    "issuer",
    "openid config",
    "things",
    "vocabulary",
    "browsing",
    "reviewing",
    "knowledge_graph",
    "web",
    "cli",
    "__main__",
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def layer(module: str) -> str:
    """The layer of a dotted module name below `cnrs_kg`."""
    return module.split(".")[1]


def imported(tree: ast.AST) -> set[str]:
    """The `cnrs_kg` modules that the source names in an import, also inside functions; relative ones fail."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {
                f"{node.module}.{alias.name}" if node.module == "cnrs_kg" else str(node.module) for alias in node.names
            }
    return {name for name in found if name.startswith("cnrs_kg.")}


def faults(own: str, tree: ast.AST) -> list[str]:
    """The imports of a module of layer `own` that do not point down."""
    others = {layer(name) for name in imported(tree)}
    return sorted(other for other in others if other != own and RANK[other] >= RANK[own])


def own_layer(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    own = own_layer(path)
    assert own in RANK, f"{own} has no place in the list of layers"
    assert faults(own, ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "from cnrs_kg.web import app",
        "from cnrs_kg import web",
        "import cnrs_kg.cli.main",
        "def f():\n    from cnrs_kg.knowledge_graph import KnowledgeGraph",
    ],
)
def test_a_planted_fault_is_found(source: str) -> None:
    assert faults("store", ast.parse(source))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_settings_are_not_read_below_config(path: Path) -> None:
    if RANK[own_layer(path)] < RANK["config"]:
        assert "os.environ" not in path.read_text()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_outbound_opens_connections(path: Path) -> None:
    clients = {"httpx", "httpcore", "urllib.request", "http.client", "requests", "ftplib"}
    names = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)])
    }
    assert own_layer(path) == "outbound" or not names & clients
