-- +goose Up
CREATE TABLE model_batch (
    batch_id TEXT NOT NULL,
    source TEXT NOT NULL,
    model_id TEXT NOT NULL,
    model_name TEXT NOT NULL,
    sev_deg BIGINT NOT NULL,
    origin TEXT NOT NULL,
    basis TEXT NOT NULL,
    statement TEXT NOT NULL,
    why TEXT NOT NULL,
    cases BIGINT NOT NULL,
    known BIGINT NOT NULL,
    actor TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (batch_id)
);
CREATE TABLE model_batch_item (
    finding_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    model_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    persons BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    money_fen BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE INDEX model_batch_item_batch ON model_batch_item (batch_id, fixmedins_code);
CREATE TABLE model_fact (
    model_id TEXT NOT NULL,
    fact TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    PRIMARY KEY (model_id, fact)
);
CREATE TABLE model_draft (
    draft_id TEXT NOT NULL,
    model_id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    checked TEXT NOT NULL,
    trial TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    why TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (draft_id)
);
CREATE INDEX model_draft_model ON model_draft (model_id, state);

-- +goose Down
DROP TABLE model_draft;
DROP TABLE model_fact;
DROP TABLE model_batch_item;
DROP TABLE model_batch;
