-- +goose Up
-- Sums that boards read, worked out again from the rows themselves for what a mark names. A mark is written in the transaction of the change.
CREATE TABLE board_mark (
    mark_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    month TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    PRIMARY KEY (mark_id)
);
CREATE TABLE board_inst (
    month TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    sev_deg SMALLINT NOT NULL,
    state TEXT NOT NULL,
    withdrawn SMALLINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, fixmedins_code, sev_deg, state, withdrawn)
) WITHOUT ROWID;
CREATE TABLE board_rule (
    month TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    sev_deg SMALLINT NOT NULL,
    state TEXT NOT NULL,
    withdrawn SMALLINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, rule_id, sev_deg, state, withdrawn)
) WITHOUT ROWID;
CREATE TABLE board_case (
    month TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    state TEXT NOT NULL,
    due_day BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    claim_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, fixmedins_code, state, due_day, paused)
) WITHOUT ROWID;
CREATE TABLE board_verdict (
    month TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cases BIGINT NOT NULL,
    claim_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, rule_id, state, verdict, outcome)
) WITHOUT ROWID;
CREATE TABLE board_post (
    month TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    book TEXT NOT NULL,
    from_acct TEXT NOT NULL,
    to_acct TEXT NOT NULL,
    posts BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, fixmedins_code, book, from_acct, to_acct)
) WITHOUT ROWID;
CREATE INDEX finding_board ON finding (month, fixmedins_code, rule_id);
CREATE INDEX review_case_board ON review_case (month, fixmedins_code, rule_id);
CREATE INDEX ledger_post_board ON ledger_post (month, fixmedins_code);
-- What is there already is worked out when a board is first opened.
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT 'f' || month, 'f', month, '', '' FROM finding GROUP BY month;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT 'c' || month, 'c', month, '', '' FROM review_case GROUP BY month;
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT 'p' || month, 'p', month, '', '' FROM ledger_post GROUP BY month;
-- Numbers given to documents: by kind and year, one after the other, none left out.
CREATE TABLE paper_number (
    kind TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    object TEXT NOT NULL,
    title TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, year, number)
);
CREATE UNIQUE INDEX paper_number_object ON paper_number (kind, object);

-- +goose Down
DROP TABLE paper_number;
DROP INDEX ledger_post_board;
DROP INDEX review_case_board;
DROP INDEX finding_board;
DROP TABLE board_post;
DROP TABLE board_verdict;
DROP TABLE board_case;
DROP TABLE board_rule;
DROP TABLE board_inst;
DROP TABLE board_mark;
