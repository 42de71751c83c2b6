"""Ingest: a delivery becomes lake rows, quarantine and feedback."""

from csp.ingest.deliveries import ingest_each, ingest_files
from csp.ingest.received import IngestOutcome

__all__ = ["IngestOutcome", "ingest_each", "ingest_files"]
