-- +goose Up
-- What an institution found itself and gives back of its own accord: declared by it, taken in or sent back by the bureau.
CREATE TABLE self_report (
    report_id      TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs         TEXT NOT NULL,
    check_id       TEXT NOT NULL,
    lines          TEXT NOT NULL,
    line_count     BIGINT NOT NULL,
    amt_fen        BIGINT NOT NULL,
    paid_day       BIGINT NOT NULL,
    memo           TEXT NOT NULL,
    state          TEXT NOT NULL,
    made_by        TEXT NOT NULL,
    made_at        BIGINT NOT NULL,
    decided_by     TEXT NOT NULL,
    decided_at     BIGINT NOT NULL,
    reason         TEXT NOT NULL,
    version        BIGINT NOT NULL,
    PRIMARY KEY (report_id)
);
CREATE INDEX self_report_inst ON self_report (fixmedins_code, report_id);
CREATE INDEX self_report_state ON self_report (state, report_id);
-- +goose Down
DROP TABLE self_report;
