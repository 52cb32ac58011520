-- +goose Up
CREATE TABLE special_case (
    special_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    insutype TEXT NOT NULL,
    pay_kind TEXT NOT NULL,
    period TEXT NOT NULL,
    reason TEXT NOT NULL,
    materials TEXT NOT NULL,
    asked TEXT NOT NULL,
    cost_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    standard_fen BIGINT NOT NULL,
    state TEXT NOT NULL,
    problems TEXT NOT NULL,
    times BIGINT NOT NULL,
    cut_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    seed TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (special_id)
);
CREATE UNIQUE INDEX special_case_visit ON special_case (fixmedins_code, mdtrt_id);
CREATE INDEX special_case_period ON special_case (period, fixmedins_code);
CREATE TABLE special_seat (
    special_id TEXT NOT NULL,
    expert TEXT NOT NULL,
    seat BIGINT NOT NULL,
    vote TEXT NOT NULL,
    cut_fen BIGINT NOT NULL,
    note TEXT NOT NULL,
    drawn_at BIGINT NOT NULL,
    voted_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (special_id, expert)
);
