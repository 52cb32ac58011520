-- +goose Up
CREATE TABLE app_user (
    user_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    disabled SMALLINT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);
CREATE TABLE user_role (
    user_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, role)
);
CREATE TABLE api_key (
    key_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (key_id)
);
CREATE TABLE trail_chain (
    chain_id TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    program TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    pid BIGINT NOT NULL,
    after_chain TEXT COLLATE "C" NOT NULL,
    after_seq BIGINT NOT NULL,
    after_hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (chain_id)
);
CREATE TABLE trail (
    chain_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (chain_id, seq)
);
CREATE TABLE trail_anchor (
    day TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    heads TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (day)
);
CREATE UNIQUE INDEX app_user_login ON app_user (login);
CREATE INDEX trail_at ON trail (at);
