-- +goose Up
CREATE TABLE trace_clue (
    clue_id TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    proof TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (clue_id)
);
CREATE INDEX trace_clue_board ON trace_clue (fixmedins_code, state);
CREATE TABLE trace_clue_step (
    clue_id TEXT COLLATE "C" NOT NULL,
    step_no BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    papers TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (clue_id, step_no)
);

-- +goose Down
DROP TABLE trace_clue_step;
DROP TABLE trace_clue;
