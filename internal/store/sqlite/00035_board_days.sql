-- +goose Up
-- Sums of what the reminder service did are of days first, and those of months are made of them: a new call lets one day be added up again.
CREATE TABLE board_call_day (
    day TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    calls BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    interrupted BIGINT NOT NULL,
    total_us BIGINT NOT NULL,
    slow BIGINT NOT NULL,
    max_us BIGINT NOT NULL,
    PRIMARY KEY (day, fixmedins_code)
) WITHOUT ROWID;
CREATE TABLE board_doctor_day (
    day TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    interruptions BIGINT NOT NULL,
    days BIGINT NOT NULL,
    PRIMARY KEY (day, fixmedins_code, interruptions)
) WITHOUT ROWID;
CREATE TABLE board_visit_day (
    day TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    visits BIGINT NOT NULL,
    PRIMARY KEY (day, fixmedins_code)
) WITHOUT ROWID;
CREATE TABLE board_said_day (
    day TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    sev_deg BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    PRIMARY KEY (day, fixmedins_code, sev_deg)
) WITHOUT ROWID;
-- Marks of calls name days from here on. What is there already is worked out when a board is first opened.
DELETE FROM board_mark WHERE kind = 'r';
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '35r', 'r', '', '', '' WHERE EXISTS (SELECT 1 FROM reminder_call);

-- +goose Down
DELETE FROM board_mark WHERE kind = 'r';
DROP TABLE board_said_day;
DROP TABLE board_visit_day;
DROP TABLE board_doctor_day;
DROP TABLE board_call_day;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '35d', 'r', '', '', '' WHERE EXISTS (SELECT 1 FROM reminder_call);
