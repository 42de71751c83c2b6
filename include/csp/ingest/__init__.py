"""Ingest: a delivery becomes lake rows, quarantine and feedback."""

from csp.ingest.deliveries import IngestOutcome, ingest_each, ingest_files

__all__ = ["IngestOutcome", "ingest_each", "ingest_files"]
