-- +goose Up
-- What people decided on rows of national sheets that wait for a ruling.
CREATE TABLE ruling (
    ruling_id TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    asked TEXT COLLATE "C" NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (ruling_id)
);
CREATE INDEX ruling_row ON ruling (row_key);
-- Imports of national sheets that wait for a second person, and what became of them.
CREATE TABLE sheet_import (
    import_id TEXT COLLATE "C" NOT NULL,
    files TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    base BIGINT NOT NULL,
    result BIGINT NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (import_id)
);

-- +goose Down
DROP TABLE sheet_import;
DROP TABLE ruling;
