-- +goose Up
CREATE TABLE online_release (
    release_id TEXT NOT NULL,
    jr_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    excess BIGINT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    warn_cont TEXT NOT NULL,
    vola_fen BIGINT NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    first_opter TEXT NOT NULL,
    first_name TEXT NOT NULL,
    first_key TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    second_opter TEXT NOT NULL,
    second_name TEXT NOT NULL,
    second_key TEXT NOT NULL,
    second_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    review TEXT NOT NULL,
    reviewed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (release_id)
);
CREATE TABLE online_setting (
    name TEXT NOT NULL,
    area TEXT NOT NULL,
    value TEXT NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (name, area)
) WITHOUT ROWID;
CREATE INDEX online_release_mdtrt_id ON online_release (mdtrt_id);
CREATE INDEX online_release_state ON online_release (state, first_at);
