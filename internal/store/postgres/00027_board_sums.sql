-- +goose Up
-- Sums with fewer keys than those of migration 21, made of them, so that a board of a year reads few rows; and sums of what the reminder service did.
CREATE TABLE board_state (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    sev_deg SMALLINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    withdrawn SMALLINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, sev_deg, state, withdrawn)
);
CREATE TABLE board_place (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    withdrawn SMALLINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, fixmedins_code, withdrawn)
);
CREATE TABLE board_card (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    withdrawn SMALLINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, rule_id, withdrawn)
);
CREATE TABLE board_stage (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    cases BIGINT NOT NULL,
    claim_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, state, verdict, outcome)
);
CREATE TABLE board_due (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    due_day BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    claim_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, state, due_day, paused)
);
CREATE TABLE board_book (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    book TEXT COLLATE "C" NOT NULL,
    from_acct TEXT COLLATE "C" NOT NULL,
    to_acct TEXT COLLATE "C" NOT NULL,
    posts BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, book, from_acct, to_acct)
);
CREATE TABLE board_call (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    interrupted BIGINT NOT NULL,
    total_us BIGINT NOT NULL,
    slow BIGINT NOT NULL,
    max_us BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code)
);
CREATE TABLE board_doctor (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    interruptions BIGINT NOT NULL,
    days BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code, interruptions)
);
CREATE TABLE board_episode (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    complied SMALLINT NOT NULL,
    frozen SMALLINT NOT NULL,
    reopened SMALLINT NOT NULL,
    episodes BIGINT NOT NULL,
    avoided_fen BIGINT NOT NULL,
    back_fen BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code, outcome, complied, frozen, reopened)
);
-- Different visits and different reminders of a time are counted from these indexes alone.
DROP INDEX reminder_visit_at;
CREATE INDEX reminder_visit_at ON reminder_visit (at, psn_no, mdtrt_id, fixmedins_code);
CREATE INDEX reminder_said ON reminder (shown, at, jr_id, rule_sev_deg, fixmedins_code);
-- What is there already is worked out when a board is first opened.
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '27f' || month, 'f', month, '', '' FROM board_inst GROUP BY month;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '27c' || month, 'c', month, '', '' FROM board_case GROUP BY month;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '27p' || month, 'p', month, '', '' FROM board_post GROUP BY month;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '27e' || SUBSTR(day, 1, 7), 'e', SUBSTR(day, 1, 7), '', '' FROM reminder_episode GROUP BY SUBSTR(day, 1, 7);
-- Of calls all months: which there are is known when they are read.
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '27r', 'r', '', '', '' WHERE EXISTS (SELECT 1 FROM reminder_call);

-- +goose Down
DROP INDEX reminder_said;
DROP INDEX reminder_visit_at;
CREATE INDEX reminder_visit_at ON reminder_visit (at);
DELETE FROM board_mark WHERE kind = 'r' OR kind = 'e';
DROP TABLE board_episode;
DROP TABLE board_doctor;
DROP TABLE board_call;
DROP TABLE board_book;
DROP TABLE board_due;
DROP TABLE board_stage;
DROP TABLE board_card;
DROP TABLE board_place;
DROP TABLE board_state;
