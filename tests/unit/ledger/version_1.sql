-- The ledger's tables as version 1 made them on SQLite.
CREATE TABLE delivery (
    delivery_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    feed TEXT,
    file_name TEXT NOT NULL,
    first_received_at DATETIME NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT,
    layout TEXT,
    period_start DATE,
    release_on DATE,
    contract_hash TEXT,
    size_bytes BIGINT NOT NULL,
    physical_lines BIGINT NOT NULL,
    header_lines INTEGER NOT NULL,
    blank_lines BIGINT NOT NULL,
    continuation_lines BIGINT NOT NULL,
    accepted_rows BIGINT NOT NULL,
    quarantined_rows BIGINT NOT NULL,
    rejected_lines BIGINT NOT NULL,
    rows_per_line INTEGER NOT NULL,
    PRIMARY KEY (delivery_id)
);
CREATE INDEX ix_delivery_feed ON delivery (feed);
CREATE INDEX ix_delivery_sha256 ON delivery (sha256);
CREATE TABLE gate_run (
    gate_run_id INTEGER NOT NULL,
    gate TEXT NOT NULL,
    refresh_id INTEGER,
    started_at DATETIME NOT NULL,
    seconds DOUBLE NOT NULL,
    passed BOOLEAN NOT NULL,
    PRIMARY KEY (gate_run_id)
);
CREATE INDEX ix_gate_run_gate ON gate_run (gate);
CREATE INDEX ix_gate_run_refresh_id ON gate_run (refresh_id);
CREATE TABLE refresh (
    refresh_id INTEGER NOT NULL,
    started_at DATETIME NOT NULL,
    finished_at DATETIME,
    outcome TEXT NOT NULL,
    reasons JSON NOT NULL,
    publication_id INTEGER,
    PRIMARY KEY (refresh_id)
);
CREATE TABLE step (
    step_id INTEGER NOT NULL,
    step TEXT NOT NULL,
    subject TEXT NOT NULL,
    started_at DATETIME NOT NULL,
    seconds DOUBLE NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (step_id)
);
CREATE TABLE decision (
    decision_id INTEGER NOT NULL,
    delivery_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at DATETIME NOT NULL,
    PRIMARY KEY (decision_id),
    FOREIGN KEY(delivery_id) REFERENCES delivery (delivery_id)
);
CREATE INDEX ix_decision_delivery_id ON decision (delivery_id);
CREATE TABLE delivery_cell (
    delivery_id TEXT NOT NULL,
    series TEXT NOT NULL,
    period_start DATE NOT NULL,
    feed TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, series, period_start),
    FOREIGN KEY(delivery_id) REFERENCES delivery (delivery_id)
);
CREATE INDEX ix_delivery_cell_feed ON delivery_cell (feed);
CREATE TABLE gate_result (
    gate_result_id INTEGER NOT NULL,
    gate_run_id INTEGER NOT NULL,
    check_id TEXT NOT NULL,
    sentence TEXT NOT NULL,
    severity TEXT NOT NULL,
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    delivery_id TEXT,
    passed BOOLEAN NOT NULL,
    observed TEXT NOT NULL,
    PRIMARY KEY (gate_result_id),
    FOREIGN KEY(gate_run_id) REFERENCES gate_run (gate_run_id)
);
CREATE INDEX ix_gate_result_delivery_id ON gate_result (delivery_id);
CREATE INDEX ix_gate_result_gate_run_id ON gate_result (gate_run_id);
CREATE TABLE publication (
    publication_id INTEGER NOT NULL,
    refresh_id INTEGER NOT NULL,
    published_at DATETIME NOT NULL,
    engine TEXT NOT NULL,
    location TEXT NOT NULL,
    code_version TEXT NOT NULL,
    table_checksums JSON NOT NULL,
    inputs_digest TEXT NOT NULL,
    PRIMARY KEY (publication_id),
    FOREIGN KEY(refresh_id) REFERENCES refresh (refresh_id)
);
CREATE TABLE receipt (
    receipt_id INTEGER NOT NULL,
    delivery_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    received_at DATETIME NOT NULL,
    PRIMARY KEY (receipt_id),
    FOREIGN KEY(delivery_id) REFERENCES delivery (delivery_id)
);
CREATE INDEX ix_receipt_delivery_id ON receipt (delivery_id);
CREATE TABLE verdict_count (
    delivery_id TEXT NOT NULL,
    code TEXT NOT NULL,
    column_name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    name TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, code, column_name),
    FOREIGN KEY(delivery_id) REFERENCES delivery (delivery_id)
);
CREATE TABLE publication_input (
    publication_id INTEGER NOT NULL,
    delivery_id TEXT NOT NULL,
    feed TEXT NOT NULL,
    contract_hash TEXT NOT NULL,
    PRIMARY KEY (publication_id, delivery_id),
    FOREIGN KEY(publication_id) REFERENCES publication (publication_id),
    FOREIGN KEY(delivery_id) REFERENCES delivery (delivery_id)
);
