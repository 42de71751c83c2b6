"""Ingest: a delivery becomes lake rows, quarantine and feedback.

The modules, in the order in which a file meets them:

- `inbox`: which files of a feed's inbox are whole; asked by the feed's DAG, not by `csp ingest`;
- `deliveries`: takes a file through all that follows, and says what became of it;
- `arrival`: folders are walked and archives opened, so that each file is one arrival;
- `landing`: `receive` copies its bytes aside and takes their sha256;
- `recognise`: of which feed it is, by its inbox, its name, or else its header; `strays`: what is
  done with one that is another feed's;
- `identity`: which delivery it is; `deduplicate`: whether it has come before and is judged again;
- `judging`: judges it, and leaves all it makes in scratch: by
  `header`, which column of the contract stands where, and
  `rows`, one pass over the rows, for which
  `reading` splits lines and accounts for each, `values` gives fields their types, `steps` says each
  rule as SQL, `rules` puts all of them into one query, `engine` is the DuckDB that runs it, and
  `evaluation` parts what it found into lake and quarantine;
- `placing`: moves what was made to where it stays, in the transaction in which
- `recording` tells the ledger, and the partner by `feedback`.

`received` holds what is known of a file so far, `findings` what rules say of it, `epoch_keys` that
an epoch has one key.
"""

from csp.ingest.deliveries import ingest_each, ingest_files
from csp.ingest.received import IngestOutcome

__all__ = ["IngestOutcome", "ingest_each", "ingest_files"]
