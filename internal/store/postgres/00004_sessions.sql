-- +goose Up
CREATE TABLE session (
    session_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (session_id)
);
CREATE TABLE sign_in_failure (
    login TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    PRIMARY KEY (login)
);
CREATE TABLE job (
    job_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    args TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    beat_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (job_id)
);
CREATE TABLE institution (
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (fixmedins_code)
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX job_state ON job (state, job_id);
