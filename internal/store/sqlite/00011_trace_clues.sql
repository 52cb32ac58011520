-- +goose Up
CREATE TABLE trace_clue (
    clue_id TEXT NOT NULL,
    code TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    class TEXT NOT NULL,
    proof TEXT NOT NULL,
    detail TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (clue_id)
);
CREATE INDEX trace_clue_board ON trace_clue (fixmedins_code, state);
CREATE TABLE trace_clue_step (
    clue_id TEXT NOT NULL,
    step_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    papers TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (clue_id, step_no)
);

-- +goose Down
DROP TABLE trace_clue_step;
DROP TABLE trace_clue;
