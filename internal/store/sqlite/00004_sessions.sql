-- +goose Up
CREATE TABLE session (
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    login TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (session_id)
);
CREATE TABLE sign_in_failure (
    login TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    PRIMARY KEY (login)
);
CREATE TABLE job (
    job_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    area TEXT NOT NULL,
    args TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    said TEXT NOT NULL,
    actor TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    beat_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (job_id)
);
CREATE TABLE institution (
    fixmedins_code TEXT NOT NULL,
    name TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code)
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX job_state ON job (state, job_id);
