-- +goose Up
CREATE TABLE app_user (
    user_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    disabled SMALLINT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);
CREATE TABLE user_role (
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
) WITHOUT ROWID;
CREATE TABLE api_key (
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    secret TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (key_id)
);
CREATE TABLE trail_chain (
    chain_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    program TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    after_chain TEXT NOT NULL,
    after_seq BIGINT NOT NULL,
    after_hash TEXT NOT NULL,
    PRIMARY KEY (chain_id)
);
CREATE TABLE trail (
    chain_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain_id, seq)
) WITHOUT ROWID;
CREATE TABLE trail_anchor (
    day TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    heads TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (day)
);
CREATE UNIQUE INDEX app_user_login ON app_user (login);
CREATE INDEX trail_at ON trail (at);
