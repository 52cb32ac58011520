-- +goose Up
-- A visit and a reminder count in the month in which they were first spoken of, so that months and institutions add up.
CREATE TABLE board_visit (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    visits BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code)
);
CREATE TABLE board_said (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    sev_deg BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code, sev_deg)
);
-- The different settlements with findings.
CREATE TABLE board_document (
    month TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    documents BIGINT NOT NULL,
    PRIMARY KEY (month, admdvs, fixmedins_code)
);
-- Whether a row is the first of its visit or reminder is read off these alone.
DROP INDEX reminder_visit_mdtrt_id;
CREATE INDEX reminder_visit_mdtrt_id ON reminder_visit (mdtrt_id, psn_no, at, call_id);
DROP INDEX reminder_jr_id;
CREATE INDEX reminder_jr_id ON reminder (jr_id, shown, at, call_id, seq);
-- A month's visits and doctors' days are read off this one.
DROP INDEX reminder_visit_at;
CREATE INDEX reminder_visit_at ON reminder_visit (at, psn_no, mdtrt_id, fixmedins_code, call_id, doctor);
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '34r', 'r', '', '', '' WHERE EXISTS (SELECT 1 FROM reminder_call);
INSERT INTO board_mark (mark_id, kind, month, fixmedins_code, rule_id) SELECT '34f' || month, 'f', month, '', '' FROM finding GROUP BY month;

-- +goose Down
DROP INDEX reminder_visit_at;
CREATE INDEX reminder_visit_at ON reminder_visit (at, psn_no, mdtrt_id, fixmedins_code);
DROP INDEX reminder_jr_id;
CREATE INDEX reminder_jr_id ON reminder (jr_id);
DROP INDEX reminder_visit_mdtrt_id;
CREATE INDEX reminder_visit_mdtrt_id ON reminder_visit (mdtrt_id);
DROP TABLE board_document;
DROP TABLE board_said;
DROP TABLE board_visit;
