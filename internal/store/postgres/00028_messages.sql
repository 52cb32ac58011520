-- +goose Up
-- What people are told of: the messages, whom each is for, how he wants to be told, and what is still to be sent by mail or to other programs.
CREATE TABLE message (
    message_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (message_id)
);
CREATE INDEX message_at ON message (at);
CREATE TABLE message_to (
    login TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (login, message_id)
);
CREATE INDEX message_to_at ON message_to (login, at, message_id);
CREATE INDEX message_to_read ON message_to (login, read_at);
CREATE TABLE message_person (
    login TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C" NOT NULL,
    site_off TEXT COLLATE "C" NOT NULL,
    mail_on TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (login)
);
CREATE TABLE message_send (
    send_id TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    way TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    until_at BIGINT NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (send_id)
);
CREATE INDEX message_send_next ON message_send (state, next_at);
CREATE INDEX message_send_made ON message_send (made_at, send_id);
CREATE TABLE message_mark (
    source TEXT COLLATE "C" NOT NULL,
    upto BIGINT NOT NULL,
    PRIMARY KEY (source)
);
-- Reports that are made by themselves, and what was made for each day on which one was due.
CREATE TABLE report_plan (
    plan_id TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    against TEXT COLLATE "C" NOT NULL,
    cover TEXT COLLATE "C" NOT NULL,
    every TEXT COLLATE "C" NOT NULL,
    on_day BIGINT NOT NULL,
    at_hour BIGINT NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (plan_id)
);
CREATE TABLE report_file (
    plan_id TEXT COLLATE "C" NOT NULL,
    due_day BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    until_at BIGINT NOT NULL,
    from_month TEXT COLLATE "C" NOT NULL,
    to_month TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    media TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (plan_id, due_day)
);
CREATE INDEX review_notice_sent_at ON review_notice (sent_at);
CREATE INDEX job_finished_at ON job (finished_at);

-- +goose Down
DROP INDEX job_finished_at;
DROP INDEX review_notice_sent_at;
DROP TABLE report_file;
DROP TABLE report_plan;
DROP TABLE message_mark;
DROP TABLE message_send;
DROP TABLE message_person;
DROP TABLE message_to;
DROP TABLE message;
