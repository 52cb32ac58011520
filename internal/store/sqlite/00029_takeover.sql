-- +goose Up
-- Take-overs from an older system: what was in the files, what is to become of each row, and what each made, so that it can be undone whole.
CREATE TABLE takeover (
    takeover_id TEXT NOT NULL,
    files       TEXT NOT NULL,
    state       TEXT NOT NULL,
    row_count   BIGINT NOT NULL,
    made_by     TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    decided_by  TEXT NOT NULL,
    decided_at  BIGINT NOT NULL,
    undone_by   TEXT NOT NULL,
    undone_at   BIGINT NOT NULL,
    why         TEXT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (takeover_id)
);
CREATE TABLE takeover_row (
    takeover_id TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    file        TEXT NOT NULL,
    line        BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    old_id      TEXT NOT NULL,
    body        TEXT NOT NULL,
    fate        TEXT NOT NULL,
    why         TEXT NOT NULL,
    linked      TEXT NOT NULL,
    vola_fen    BIGINT NOT NULL,
    fund_fen    BIGINT NOT NULL,
    chosen      BIGINT NOT NULL,
    made        TEXT NOT NULL,
    was         TEXT NOT NULL,
    PRIMARY KEY (takeover_id, seq)
);
CREATE INDEX takeover_row_fate ON takeover_row (takeover_id, fate, seq);
-- Which finding an older system's number became: the same one is taken over once.
CREATE TABLE takeover_old (
    old_id      TEXT NOT NULL,
    finding_id  TEXT NOT NULL,
    takeover_id TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    PRIMARY KEY (old_id)
);
CREATE INDEX takeover_old_finding ON takeover_old (finding_id);
-- Ties of experts and reviewers end: who ended one, when and why.
ALTER TABLE review_tie ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE review_tie ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE review_tie ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE review_tie ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE review_tie ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX review_tie_inst ON review_tie (fixmedins_code);
-- +goose Down
DROP INDEX review_tie_inst;
ALTER TABLE review_tie DROP COLUMN version;
ALTER TABLE review_tie DROP COLUMN end_reason;
ALTER TABLE review_tie DROP COLUMN ended_at;
ALTER TABLE review_tie DROP COLUMN ended_by;
ALTER TABLE review_tie DROP COLUMN made_by;
DROP TABLE takeover_old;
DROP TABLE takeover_row;
DROP TABLE takeover;
