"""Ingest: a delivery becomes lake rows, quarantine and feedback.

The modules, in the order in which a file meets them:

- `inbox`: which files of a feed's inbox are whole; asked by the feed's DAG, not by `csp ingest`;
- `deliveries`: takes a file through all that follows, and says what became of it;
- `arrival`: folders are walked and archives opened, so that each file is one arrival;
- `landing`: `receive` copies its bytes aside and takes their sha256;
- `deduplicate`: whether the same bytes have come before;
- `recognise`: of which feed it is, by its inbox, its name, or else its header;
- `header`: which column of the contract stands where;
- `rows`: one pass over the rows, for which
  `reading` splits lines and accounts for each, `values` gives fields their types, `steps` says each
  rule as SQL, `rules` puts all of them into one query, `engine` is the DuckDB that runs it, and
  `evaluation` parts what it found into lake and quarantine;
- `landing` again: `keep` puts the file where it stays;
- `recording`: the ledger is told, and the partner by `feedback`.

`received` holds what is known of a file so far, `findings` what rules say of it.
"""

from csp.ingest.deliveries import ingest_each, ingest_files
from csp.ingest.received import IngestOutcome

__all__ = ["IngestOutcome", "ingest_each", "ingest_files"]
