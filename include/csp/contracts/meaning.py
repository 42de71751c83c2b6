"""What of a contract is its meaning, and what is a sample of it or of the inbox alone."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel

from csp.contracts.strict import OF_THE_INBOX, SAMPLE


def _meaning(part: object) -> object:
    """A part of a contract without its samples, custom properties typed and defaults filled in."""
    if isinstance(part, (list, tuple)):
        return [_meaning(item) for item in part]
    if not isinstance(part, BaseModel):
        return part
    fields = type(part).model_fields
    said = {
        name: _meaning(getattr(part, name))
        for name, field in fields.items()
        if name != "customProperties"
        and SAMPLE not in field.metadata
        and OF_THE_INBOX not in field.metadata
    }
    if "customProperties" in fields:
        said["customProperties"] = _meaning(getattr(part, "platform"))  # noqa: B009 - typed there
    return said


def hash_of_meaning(contract: BaseModel) -> str:
    """SHA-256 of what a contract means, as 64 hexadecimal characters."""
    text = json.dumps(_meaning(contract), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
