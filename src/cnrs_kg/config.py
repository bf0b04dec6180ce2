"""Settings: `cnrs-kg.toml`, overridden by `CNRS_KG_<NAME>` in the environment, read once at the top.

An unknown key is an error, in the file and in the environment alike.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cnrs_kg.accounts import ROLES
from cnrs_kg.engine.requests import Limits
from cnrs_kg.errors import ConfigError
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.federation.services.endpoint import ServiceEndpoint
from cnrs_kg.issuer import Issuer
from cnrs_kg.notifying.webhooks import EVENTS, SECRET, Webhook, key_of
from cnrs_kg.rdf.namespaces import BASE

FILE_NAME = "cnrs-kg.toml"
PREFIX = "CNRS_KG_"
OUTSIDE = {"SHARED", "FAULTS"}
"""Names that tests read from the environment, which are no settings."""

_SECONDS = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3600.0, "": 1.0}
_BYTES = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def _wrong(key: str, value: object, wanted: str) -> ConfigError:
    return ConfigError(f"{key}: {value!r} is not {wanted}")


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(key, value, "text")
    return value


def _path(key: str, value: object) -> Path:
    if not (text := _text(key, value)).strip():
        raise _wrong(key, value, "the path of a directory")
    return Path(text)


def _flag(key: str, value: object) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    found = known.get(str(value).lower())
    if found is None:
        raise _wrong(key, value, "true or false")
    return found


def _number(key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise _wrong(key, value, "a number") from None
    if isinstance(value, bool) or not 0 < number < float("inf"):
        raise _wrong(key, value, "a positive number")
    return number


def _whole(key: str, value: object) -> int:
    number = 0.0 if str(value) == "0" and key in {"port", "cache_bytes", "backlog"} else _number(key, value)
    if number != int(number):
        raise _wrong(key, value, "a whole number")
    if key == "port" and number > 65_535:
        raise _wrong(key, value, "a port (0 to 65535)")
    return int(number)


def _with_unit(key: str, value: object, units: Mapping[str, float], wanted: str) -> float:
    text = str(value).strip()
    digits = text.rstrip("".join({letter for unit in units for letter in unit})).strip()
    unit = text[len(digits) :].strip()
    if unit not in units:
        raise _wrong(key, value, wanted)
    return _number(key, digits) * units[unit]


def _seconds(key: str, value: object) -> float:
    return _with_unit(key, value, _SECONDS, "a time such as 30, '30 s' or '2 min'")


def _bytes(key: str, value: object) -> int:
    if key == "cache_bytes" and str(value) == "0":
        return 0
    return int(_with_unit(key, value, _BYTES, "a size such as 1073741824 or '1 GiB'"))


def _http_url(key: str, value: object) -> str:
    url = _text(key, value)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise _wrong(key, value, "an http(s) URL without credentials")
    return url


def _is_private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _services(key: str, value: object) -> tuple[tuple[str, ServiceEndpoint], ...]:
    """A table `name = {url, private, timeout, rows}`, or comma-separated URLs (each its own name)."""
    if isinstance(value, str):
        value = {url.strip(): {"url": url.strip()} for url in value.split(",") if url.strip()}
    if not isinstance(value, dict):
        raise _wrong(key, value, "a table of endpoints")
    return tuple((name, _service(f"{key}.{name}", entry)) for name, entry in value.items())


def _service(key: str, entry: object) -> ServiceEndpoint:
    if not isinstance(entry, dict) or "url" not in entry or not entry.keys() <= {"url", "private", "timeout", "rows"}:
        raise _wrong(key, entry, "a table with url and, if need be, private, timeout, rows")
    endpoint = ServiceEndpoint(
        _http_url(key, entry["url"]),
        _flag(f"{key}.private", entry.get("private", False)),
        _seconds(f"{key}.timeout", entry.get("timeout", 10)),
        _whole(f"{key}.rows", entry.get("rows", 10_000)),
    )
    if _is_private(endpoint.url) and not endpoint.private:
        raise ConfigError(f"{key}: {endpoint.url} is a private address", advice="Say private = true if it is meant.")
    if urlsplit(endpoint.url).scheme != "https" and not endpoint.private:
        raise ConfigError(
            f"{key}: {endpoint.url} is asked over https, or is private",
            advice="Write the https URL, or private = true for a host of your own network.",
        )
    return endpoint


def _webhooks(key: str, value: object) -> tuple[Webhook, ...]:
    """A table `name = {url, secret, private, events}`; in the environment the same as TOML writes it on one line."""
    return tuple(_webhook(f"{key}.{name}", name, entry) for name, entry in _table(key, value).items())


def _table(key: str, value: object) -> dict[str, Any]:
    """A table of the file, or one that TOML writes on one line."""
    if isinstance(value, str):
        try:
            value = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{key}: {error}", advice='Write { name = "value", … }.') from error
    if not isinstance(value, dict):
        raise _wrong(key, value, "a table")
    return dict(value)


def _webhook(key: str, name: str, entry: object) -> Webhook:
    known = {"url", "secret", "private", "events"}
    if not isinstance(entry, dict) or not {"url", "secret"} <= entry.keys() <= known:
        raise ConfigError(f"{key} is not a table with url, secret and, if need be, private, events")
    secret = key_of(str(entry["secret"]))
    if secret is None:
        raise ConfigError(
            f"{key}.secret is not {SECRET} and the base64 of 24 to 64 bytes",
            advice=f'Make one: echo "{SECRET}$(openssl rand -base64 32)".',
        )
    events = entry.get("events", list(EVENTS))
    if not isinstance(events, list) or not events or not set(events) <= set(EVENTS):
        raise _wrong(f"{key}.events", events, f"a list of some of {', '.join(EVENTS)}")
    hook = Webhook(
        name,
        _http_url(f"{key}.url", entry["url"]),
        secret,
        private=_flag(f"{key}.private", entry.get("private", False)),
        events=tuple(events),
    )
    if not hook.private and (_is_private(hook.url) or urlsplit(hook.url).scheme != "https"):
        raise ConfigError(
            f"{key}: {hook.host} is told over https, or is private", advice="Say private = true if it is meant."
        )
    return hook


def _issuer(key: str, value: object) -> Issuer | None:
    """A table of the fields of `Issuer`; in the environment the same as TOML writes it on one line."""
    value = _table(key, value)
    known = {one.name for one in fields(Issuer)}
    if not {"issuer", "client_id"} <= value.keys() <= known:
        raise ConfigError(f"{key} has issuer and client_id, and of others only {', '.join(sorted(known))}")
    roles, hosts = value.pop("roles", {}), value.pop("hosts", [])
    if not isinstance(roles, dict) or not {*roles.values(), value.get("default_role", ROLES[0])} <= set(ROLES):
        raise _wrong(f"{key}.roles", roles, f"a table of claims and roles ({', '.join(ROLES)})")
    private = _flag(f"{key}.private", value.pop("private", False))
    made = Issuer(
        **{name: _text(f"{key}.{name}", text) for name, text in value.items()},
        roles=tuple(roles.items()),
        hosts=tuple(_http_url(f"{key}.hosts", url) for url in hosts),
        private=private,
    )
    for url in (_http_url(f"{key}.issuer", made.issuer), *made.hosts):
        if not private and (_is_private(url) or urlsplit(url).scheme != "https"):
            raise ConfigError(f"{key}: {url} is not https, or is private", advice="Say private = true if it is meant.")
    return made


def _backend(key: str, value: object) -> BackendEndpoint | None:
    """`embedded`, a URL for queries and updates, or a table with one for each and, if need be, authorization."""
    if value == "embedded":
        return None
    if isinstance(value, str) and not value.lstrip().startswith("{"):
        return BackendEndpoint(_http_url(key, value), value)
    found = {name: _text(f"{key}.{name}", text) for name, text in _table(key, value).items()}
    if not {"query", "update"} <= found.keys() <= {"query", "update", "authorization"}:
        raise ConfigError(f"{key} is not a table with query, update and, if need be, authorization")
    made = BackendEndpoint(**found)
    for url in (_http_url(f"{key}.query", made.query), _http_url(f"{key}.update", made.update)):
        if made.authorization and urlsplit(url).scheme != "https" and not _is_private(url):
            raise ConfigError(f"{key}: authorization is not sent to {url}, which is not https")
    return made


def _setting(read: Callable[[str, object], object], default: Any, doc: str) -> Any:
    return field(default=default, metadata={"read": read, "doc": doc})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its default."""

    data_dir: Path = _setting(_path, Path("var"), "where versions, tokens and spooled answers live")
    base_iri: str = _setting(_text, BASE, "the namespace of our own IRIs")
    public_url: str = _setting(_text, "", "the URL under which the world reaches this server; default: host and port")
    host: str = _setting(_text, "127.0.0.1", "address to listen on")
    port: int = _setting(_whole, 8000, "port to listen on")
    workers: int = _setting(_whole, 4, "query workers; about twice the cores")
    query_timeout: float = _setting(_seconds, 30.0, "seconds from arrival to answer; also '30 s', '2 min'")
    query_memory: int = _setting(_bytes, 2**30, "bytes for one query; also '1 GiB'")
    query_bytes: int = _setting(_bytes, 2**20, "longest query or update text, in bytes")
    result_limit: int = _setting(_whole, 1_000_000, "most rows, or triples, of one answer")
    result_bytes: int = _setting(_bytes, 2**29, "largest answer, in bytes")
    upload_bytes: int = _setting(_bytes, 2**26, "largest body, in bytes, after decompression")
    backlog: int = _setting(_whole, 64, "queries that may wait")
    cache_bytes: int = _setting(_bytes, 2**26, "bytes for answers kept")
    query_backend: BackendEndpoint | None = _setting(_backend, None, "'embedded', or a SPARQL 1.1 endpoint's URL")
    keep_versions: int = _setting(_whole, 50, "versions whose store is kept, besides pinned ones")
    keep_days: float = _setting(_number, 365.0, "days for which a version's store is kept")
    lock_timeout: float = _setting(_seconds, 30.0, "seconds to wait for another writer")
    anonymous_submit: bool = _setting(_flag, False, "whether anybody may submit")
    anonymous_open: int = _setting(_whole, 100, "submissions without a submitter that may be open")
    anonymous_bytes: int = _setting(_bytes, 2**28, "bytes that they may take together")
    accept_own: bool = _setting(_flag, False, "whether a curator may accept their own submission")
    openid: Issuer | None = _setting(_issuer, None, "an OpenID Connect issuer at which people may sign in")
    webhooks: tuple[Webhook, ...] = _setting(_webhooks, (), "who is told of submissions, decisions and versions")
    service_allow: tuple[tuple[str, ServiceEndpoint], ...] = _setting(_services, (), "endpoints that SERVICE may name")

    @property
    def limits(self) -> Limits:
        """What one query or upload may use."""
        return Limits(
            timeout=self.query_timeout,
            memory=self.query_memory,
            result_rows=self.result_limit,
            result_bytes=self.result_bytes,
            query_bytes=self.query_bytes,
            upload_bytes=self.upload_bytes,
            backlog=self.backlog,
        )


def names() -> tuple[str, ...]:
    """The names of all settings."""
    return tuple(setting.name for setting in fields(Settings))


def load(directory: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `directory`'s `cnrs-kg.toml`, if there is one, and of the environment; else `ConfigError`."""
    file = directory / FILE_NAME
    values: dict[str, Any] = {}
    if file.is_file():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: {error}") from error
        for key in values:
            _known(key, str(file))
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX)
        if name != variable and name not in OUTSIDE:
            _known(name.lower(), f"environment variable {variable}")
            values[name.lower()] = text
    return _settings(values)


def _known(key: str, where: str) -> None:
    if key not in names():
        raise ConfigError(f"{where}: unknown setting {key!r}", advice=f"Known settings: {', '.join(names())}.")


def _settings(values: Mapping[str, Any]) -> Settings:
    read: dict[str, Any] = {
        setting.name: setting.metadata["read"](setting.name, values[setting.name])
        for setting in fields(Settings)
        if setting.name in values
    }
    settings = Settings(**read)
    if settings.base_iri != BASE:
        raise ConfigError(
            f"base_iri: {settings.base_iri!r} is not the namespace that ontology, shapes and data are written in",
            advice=f"Leave it at {BASE}; public_url says where this server is reached.",
        )
    if settings.public_url:
        _http_url("public_url", settings.public_url)
    return settings
