"""One epoch, one key: which key a data root's tokens are made with is written down once."""

from __future__ import annotations

from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import KeyEpoch
from csp.pseudonyms.keys import KeyRefusedError, KeyRing


class EpochKeys:
    """Holds that each epoch has one key; asks the ledger once for each key.

    Args:
        ledger: The ledger of the data root.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._held: set[tuple[str, str]] = set()

    def hold(self, ring: KeyRing) -> KeyRing:
        """The same ring, once it is known to be its epoch's; its first use makes it that.

        Raises:
            KeyRefusedError: Another key is the epoch's.
        """
        this = (ring.epoch, ring.fingerprint())
        if this not in self._held:
            if (first := self._first(*this)) != this[1]:
                raise KeyRefusedError(_another(ring, first))
            self._held.add(this)
        return ring

    def _first(self, epoch: str, fingerprint: str) -> str:
        """The fingerprint of the epoch's key, which is this one when there was none."""
        with self.ledger.session() as session:
            known = session.get(KeyEpoch, epoch)
        if known is None:
            with self.ledger.writing() as session:
                known = session.get(KeyEpoch, epoch)
                if known is None:
                    known = KeyEpoch(epoch=epoch, fingerprint=fingerprint, first_used_at=utc_now())
                    session.add(known)
        return known.fingerprint


def _another(ring: KeyRing, first: str) -> str:
    return (
        f"the key at hand ({ring.source}) has the fingerprint {ring.fingerprint()}, and tokens of "
        f"epoch {ring.epoch} were made here with the key {first}: tokens of two keys join to "
        "nothing. Put that key in place, or when it is lost or to be changed go on with a new key "
        "under another epoch (docs/runbooks/pseudonymisation-key.md)"
    )
