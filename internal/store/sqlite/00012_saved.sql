-- +goose Up
CREATE TABLE review_saved (
    saved_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    shared BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (saved_id)
);
CREATE INDEX review_saved_kind ON review_saved (kind, fixmedins_code, owner);
CREATE INDEX review_case_alike ON review_case (rule_id, changed_at);

-- +goose Down
DROP INDEX review_case_alike;
DROP TABLE review_saved;
