"""What BuildKit starts: it reads what the build shows, and writes a statement for the image's attestation."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

from workshop.sbom import own
from workshop.sbom.document import document
from workshop.sbom.explained import Explained
from workshop.sbom.tree import Tree

STATEMENT = "https://in-toto.io/Statement/v0.1"
PREDICATE = "https://spdx.dev/Document"
EPOCH = "1970-01-01T00:00:00Z"
CONTEXT, STAGE = "context", "sbom-"


def _told(name: str, otherwise: str = "") -> str:
    return os.environ.get(f"BUILDKIT_SCAN_{name}") or otherwise


def main() -> None:
    """Write the SBOM of `BUILDKIT_SCAN_SOURCE` to the folder `BUILDKIT_SCAN_DESTINATION`.

    The build's own words are `name`, `version` and `created`: `--attest type=sbom,generator=IMAGE,name=shop`.
    """
    extras = Path(_told("SOURCE_EXTRAS", "/nowhere"))
    shown = sorted(extras.iterdir()) if extras.is_dir() else []
    contexts = [Tree(each) for each in shown if each.name.removeprefix(STAGE) == CONTEXT]
    stages = [Tree(each) for each in shown if each.name.removeprefix(STAGE) != CONTEXT]
    context = contexts[0] if contexts else None
    app = own.package(context, _told("name"), _told("version"))
    explained = Explained(Tree(Path(_told("SOURCE"))), stages, context, app)
    created = datetime.fromisoformat(_told("created", EPOCH)).astimezone(UTC)
    written = io.StringIO()
    write_document_to_stream(document(explained, created), written, validate=False)
    statement = {
        "_type": STATEMENT,
        "predicateType": PREDICATE,
        "subject": [],
        "predicate": json.loads(written.getvalue()),
    }
    folder = Path(_told("DESTINATION"))
    (folder / f"{Path(_told('SOURCE')).name}.spdx.json").write_text(json.dumps(statement))
    unknown = [path for path, owners in explained.owners.items() if not owners]
    print(
        f"{len(explained.packages)} packages, {len(explained.owners)} files, {len(unknown)} of no package",
        file=sys.stderr,
    )
    for path in unknown:
        print(f"/{path} is of no package that is known", file=sys.stderr)


if __name__ == "__main__":
    main()
