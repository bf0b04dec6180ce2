from pathlib import Path

import pytest

from cnrs_kg.config import Settings, load, names
from cnrs_kg.errors import ConfigError
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.issuer import Issuer


def test_defaults_need_neither_file_nor_environment(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert settings == Settings()
    assert (settings.data_dir, settings.query_timeout, settings.query_memory) == (Path("var"), 30, 2**30)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "cnrs-kg.toml").write_text('query_timeout = "2 min"\nworkers = 3\n')
    settings = load(tmp_path, {"CNRS_KG_WORKERS": "5", "HOME": "/"})
    assert (settings.query_timeout, settings.workers) == (120, 5)


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("query_timeout", "30 s", 30),
        ("query_timeout", "250ms", 0.25),
        ("query_memory", "1 GiB", 2**30),
        ("query_memory", "1073741824", 2**30),
        ("cache_bytes", "0", 0),
        ("port", "0", 0),
        ("anonymous_submit", "on", True),
        ("keep_days", "0.5", 0.5),
    ],
)
def test_values_are_read_with_their_units(tmp_path: Path, name: str, text: str, value: object) -> None:
    assert getattr(load(tmp_path, {f"CNRS_KG_{name.upper()}": text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("query_timeout", "soon"),
        ("query_timeout", "-1"),
        ("query_timeout", "inf"),
        ("query_memory", "1 GiBB"),
        ("workers", "0"),
        ("workers", "1.5"),
        ("port", "70000"),
        ("anonymous_submit", "maybe"),
        ("base_iri", "https://example.org/"),
        ("public_url", "kg.example.org"),
        ("public_url", "ftp://kg.example.org/"),
        ("data_dir", ""),
        ("query_backend", "file:///etc/passwd"),
        ("query_backend", "http://user:secret@example.org/"),
        ("query_backend", '{ query = "http://example.org/query" }'),
        ("query_backend", '{ query = "http://example.org/query", update = "ftp://example.org/" }'),
        ("query_backend", '{ query = "http://x.org/", update = "https://x.org/", authorization = "Basic eDp5" }'),
        ("query_backend", '{ query = "https://x.org/", update = "https://x.org/", password = "x" }'),
        ("openid", "https://example.org/"),
        ("openid", '{ issuer = "https://example.org/" }'),
        ("openid", '{ issuer = "http://example.org/", client_id = "kg" }'),
        ("openid", '{ issuer = "https://example.org/", client_id = "kg", roles = { x = "king" } }'),
        ("openid", '{ issuer = "https://example.org/", client_id = "kg", surprise = "x" }'),
        ("webhooks", "https://example.org/"),
        ("webhooks", '{ x = { url = "https://example.org/", secret = "short" } }'),
        ("webhooks", f'{{ x = {{ url = "http://example.org/", secret = "{SECRET}" }} }}'),
        ("webhooks", f'{{ x = {{ url = "https://127.0.0.1/", secret = "{SECRET}" }} }}'),
        ("webhooks", f'{{ x = {{ url = "https://example.org/", secret = "{SECRET}", events = ["all"] }} }}'),
        ("service_allow", "ftp://example.org/"),
        ("service_allow", "http://127.0.0.1:8000/sparql"),
        ("service_allow", "https://127.0.0.1:8000/sparql"),
        ("service_allow", "http://example.org/sparql"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load(tmp_path, {f"CNRS_KG_{name.upper()}": text})


def test_an_issuer_of_the_environment(tmp_path: Path) -> None:
    table = '{ issuer = "http://localhost:1", client_id = "kg", private = true, roles = { staff = "reader" } }'
    found = load(tmp_path, {"CNRS_KG_OPENID": table}).openid
    assert found == Issuer("http://localhost:1", "kg", private=True, roles=(("staff", "reader"),))


def test_webhooks_of_the_file_or_the_environment(tmp_path: Path) -> None:
    table = f'{{ x = {{ url = "http://localhost:1/", secret = "{SECRET}", private = true, events = ["decided"] }} }}'
    (hook,) = load(tmp_path, {"CNRS_KG_WEBHOOKS": table}).webhooks
    (tmp_path / "cnrs-kg.toml").write_text(f"webhooks = {table}\n")
    assert load(tmp_path, {}).webhooks == (hook,)
    assert (hook.name, hook.host, hook.private, hook.events) == ("x", "localhost", True, ("decided",))


def test_a_backend_is_a_url_or_one_for_queries_and_one_for_updates(tmp_path: Path) -> None:
    def found(text: str) -> BackendEndpoint | None:
        return load(tmp_path, {"CNRS_KG_QUERY_BACKEND": text}).query_backend

    assert found("embedded") is None
    assert found("http://kg.example/sparql") == BackendEndpoint("http://kg.example/sparql", "http://kg.example/sparql")
    (tmp_path / "cnrs-kg.toml").write_text(
        '[query_backend]\nquery = "https://x/q"\nupdate = "http://localhost/u"\nauthorization = "Basic eDp5"\n'
    )
    made = load(tmp_path, {}).query_backend
    assert made == BackendEndpoint("https://x/q", "http://localhost/u", "Basic eDp5")
    assert "eDp5" not in repr(load(tmp_path, {}))


def test_an_unknown_key_is_an_error_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "cnrs-kg.toml").write_text("wokers = 3\n")
    with pytest.raises(ConfigError, match="wokers") as caught:
        load(tmp_path, {})
    assert caught.value.advice and "workers" in caught.value.advice


def test_an_unknown_key_is_an_error_in_the_environment(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CNRS_KG_WOKERS"):
        load(tmp_path, {"CNRS_KG_WOKERS": "3"})


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "cnrs-kg.toml").write_text("workers: 3")
    with pytest.raises(ConfigError, match="cnrs-kg.toml"):
        load(tmp_path, {})


def test_service_endpoints_are_a_table_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "cnrs-kg.toml").write_text(
        '[service_allow]\nlocal = {url = "http://127.0.0.1:9/sparql", private = true, timeout = "2 s", rows = 5}\n'
    )
    ((name, endpoint),) = load(tmp_path, {}).service_allow
    assert (name, endpoint.private, endpoint.timeout, endpoint.rows) == ("local", True, 2, 5)


def test_service_endpoints_are_urls_in_the_environment(tmp_path: Path) -> None:
    urls = "https://a.example/sparql, https://b.example/sparql"
    assert [name for name, _ in load(tmp_path, {"CNRS_KG_SERVICE_ALLOW": urls}).service_allow] == urls.split(", ")


def test_each_setting_has_a_doc() -> None:
    assert all(Settings.__dataclass_fields__[name].metadata["doc"] for name in names())


def test_each_setting_is_in_the_operators_guide() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "operators.md").read_text()
    assert [name for name in names() if f"`{name}`" not in guide] == []
