"""A published version's record: what `versions/N/meta.json` keeps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cnrs_kg.errors import StoreDamaged

FORMAT = 1


@dataclass(frozen=True)
class Version:
    """A published version. `path` is the store to open read-only, there unless the version was pruned.

    `statements` counts the default graph (asserted and inferred, each triple once), `inferred` those of them that
    no named graph holds; `added` and `removed` count the rows of the patch. `digest` covers all but provenance,
    `content` that too; `quads` counts what the store physically holds.
    """

    number: int
    created: datetime
    path: Path
    statements: int
    inferred: int
    digest: str
    submission: int | None = None
    as_of: date | None = None
    inputs: str | None = None
    message: str | None = None
    agent: str | None = None
    added: int = 0
    removed: int = 0
    sources: Mapping[str, Any] = field(default_factory=dict, hash=False)
    content: str = ""
    quads: int = 0
    patch_sha256: str = ""
    empty_graphs: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether its store is still there."""
        return self.path.is_dir()

    def to_json(self) -> dict[str, Any]:
        """VERSION of the contract."""
        return {
            "number": self.number,
            "created": self.created.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "statements": self.statements,
            "inferred": self.inferred,
            "submission": self.submission,
            "digest": self.digest,
            "asOf": self.as_of.isoformat() if self.as_of else None,
            "message": self.message,
            "agent": self.agent,
            "added": self.added,
            "removed": self.removed,
        }

    def to_record(self) -> bytes:
        """The content of `meta.json`."""
        record = self.to_json() | {
            "format": FORMAT,
            "inputs": self.inputs,
            "sources": self.sources,
            "content": self.content,
            "quads": self.quads,
            "patchSha256": self.patch_sha256,
            "emptyGraphs": self.empty_graphs,
        }
        return (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_version(directory: Path) -> Version:
    """The version whose directory this is; `StoreDamaged` names the file that cannot be read."""
    file = directory / "meta.json"
    try:
        record = json.loads(file.read_bytes())
        written = record["format"]
        version = _version(record, directory) if written == FORMAT else None
    except OSError as error:
        raise StoreDamaged(f"{file}: {error.strerror}", advice=_ADVICE, file=str(file)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(f"{file}: not the record of a version ({error})", advice=_ADVICE, file=str(file)) from error
    if version is None:
        raise StoreDamaged(
            f"{file}: written in format {str(written)[:20]}, this program reads format {FORMAT}",
            advice="Use the release of cnrs-kg that wrote it, or `build` into another data_dir.",
            file=str(file),
        )
    if str(version.number) != directory.name:
        raise StoreDamaged(f"{file}: says it is version {version.number}", advice=_ADVICE, file=str(file))
    return version


_ADVICE = "Restore the file from a backup; `versions verify` tells what else is damaged."


def _version(record: Mapping[str, Any], directory: Path) -> Version:
    return Version(
        number=int(record["number"]),
        created=datetime.fromisoformat(record["created"]),
        path=directory / "store",
        statements=int(record["statements"]),
        inferred=int(record["inferred"]),
        digest=str(record["digest"]),
        submission=record["submission"],
        as_of=date.fromisoformat(record["asOf"]) if record["asOf"] else None,
        inputs=record["inputs"],
        message=record["message"],
        agent=record["agent"],
        added=int(record["added"]),
        removed=int(record["removed"]),
        sources=dict(record["sources"]),
        content=str(record["content"]),
        quads=int(record["quads"]),
        patch_sha256=str(record["patchSha256"]),
        empty_graphs=tuple(record["emptyGraphs"]),
    )
