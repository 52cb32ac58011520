-- +goose Up
CREATE TABLE review_saved (
    saved_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    shared BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (saved_id)
);
CREATE INDEX review_saved_kind ON review_saved (kind, fixmedins_code, owner);
CREATE INDEX review_case_alike ON review_case (rule_id, changed_at);

-- +goose Down
DROP INDEX review_case_alike;
DROP TABLE review_saved;
