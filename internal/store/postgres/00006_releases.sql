-- +goose Up
CREATE TABLE online_release (
    release_id TEXT COLLATE "C" NOT NULL,
    jr_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    excess BIGINT NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    warn_cont TEXT COLLATE "C" NOT NULL,
    vola_fen BIGINT NOT NULL,
    reason_code TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    first_opter TEXT COLLATE "C" NOT NULL,
    first_name TEXT COLLATE "C" NOT NULL,
    first_key TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    second_opter TEXT COLLATE "C" NOT NULL,
    second_name TEXT COLLATE "C" NOT NULL,
    second_key TEXT COLLATE "C" NOT NULL,
    second_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    review TEXT COLLATE "C" NOT NULL,
    reviewed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (release_id)
);
CREATE TABLE online_setting (
    name TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (name, area)
);
CREATE INDEX online_release_mdtrt_id ON online_release (mdtrt_id);
CREATE INDEX online_release_state ON online_release (state, first_at);
