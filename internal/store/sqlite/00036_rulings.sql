-- +goose Up
-- What people decided on rows of national sheets that wait for a ruling.
CREATE TABLE ruling (
    ruling_id TEXT NOT NULL,
    row_key TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    name TEXT NOT NULL,
    basis TEXT NOT NULL,
    asked TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (ruling_id)
);
CREATE INDEX ruling_row ON ruling (row_key);
-- Imports of national sheets that wait for a second person, and what became of them.
CREATE TABLE sheet_import (
    import_id TEXT NOT NULL,
    files TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    base BIGINT NOT NULL,
    result BIGINT NOT NULL,
    job_id TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (import_id)
);

-- +goose Down
DROP TABLE sheet_import;
DROP TABLE ruling;
