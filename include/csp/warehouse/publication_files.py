"""What the embedded engine's publications say of themselves, as files beside them.

`publication.json` lies in the folder of each publication and never changes. `state.json` lies
beside the folders and says how the current one stands; it counts only for the number it names.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from csp.files import write_whole
from csp.storage.home import Home
from csp.warehouse.engine import PublicationNote

NOTE = "publication.json"
STATE = "state.json"


def _as_json(facts: dict[str, object]) -> str:
    return json.dumps(facts, indent=2, ensure_ascii=False)


def write_note(folder: Path, note: PublicationNote) -> None:
    """Write what a publication says of itself into its folder."""
    facts = {
        "publication_id": note.publication_id,
        "published_at": note.published_at.isoformat(),
        "code_version": note.code_version,
        "refresh_id": note.refresh_id,
        "inputs_digest": note.inputs_digest,
        "location": note.location,
        "checksums": dict(note.checksums),
    }
    write_whole(folder / NOTE, _as_json(facts))


def read_note(home: Home, number: int) -> PublicationNote | None:
    """What a publication says of itself, with how it stands; None for one without a note."""
    path = home.publication(number) / NOTE
    if not path.exists():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    published_at = datetime.fromisoformat(facts.pop("published_at"))
    return PublicationNote(published_at=published_at, reasons=read_state(home, number), **facts)


def write_state(home: Home, note: PublicationNote) -> None:
    """Say how the current publication stands."""
    facts = {
        "publication_id": note.publication_id,
        "published_at": note.published_at.isoformat(),
        "is_stale": note.is_stale,
        "reasons": note.reasons,
    }
    write_whole(home.published / STATE, _as_json(facts))


def read_state(home: Home, number: int) -> list[str]:
    """Why a publication is stale; nothing when the state is another's."""
    path = home.published / STATE
    state = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return list(state.get("reasons", [])) if state.get("publication_id") == number else []
