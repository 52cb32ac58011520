-- +goose Up
CREATE TABLE special_case (
    special_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    insutype TEXT COLLATE "C" NOT NULL,
    pay_kind TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    materials TEXT COLLATE "C" NOT NULL,
    asked TEXT COLLATE "C" NOT NULL,
    cost_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    standard_fen BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    problems TEXT COLLATE "C" NOT NULL,
    times BIGINT NOT NULL,
    cut_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (special_id)
);
CREATE UNIQUE INDEX special_case_visit ON special_case (fixmedins_code, mdtrt_id);
CREATE INDEX special_case_period ON special_case (period, fixmedins_code);
CREATE TABLE special_seat (
    special_id TEXT COLLATE "C" NOT NULL,
    expert TEXT COLLATE "C" NOT NULL,
    seat BIGINT NOT NULL,
    vote TEXT COLLATE "C" NOT NULL,
    cut_fen BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    drawn_at BIGINT NOT NULL,
    voted_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (special_id, expert)
);
