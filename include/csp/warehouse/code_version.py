"""Which code made a publication."""

import hashlib

from csp.project import DBT_PROJECT, PROJECT_ROOT

PARTS = (
    (PROJECT_ROOT / "include", ("*.py", "*.yml")),
    (DBT_PROJECT / "models", ("*.sql", "*.yml")),
    (DBT_PROJECT / "macros", ("*.sql",)),
    (DBT_PROJECT / "seeds", ("*.csv",)),
)


def code_version() -> str:
    """A digest of package, contracts, models and seeds: equal code gives an equal name.

    Unlike a commit it also tells a changed checkout from a clean one, and needs no git.
    """
    digest = hashlib.sha256()
    for folder, patterns in PARTS:
        for path in sorted(p for pattern in patterns for p in folder.rglob(pattern)):
            digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
