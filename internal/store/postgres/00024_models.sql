-- +goose Up
CREATE TABLE model_batch (
    batch_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    model_id TEXT COLLATE "C" NOT NULL,
    model_name TEXT COLLATE "C" NOT NULL,
    sev_deg BIGINT NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    statement TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    cases BIGINT NOT NULL,
    known BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (batch_id)
);
CREATE TABLE model_batch_item (
    finding_id TEXT COLLATE "C" NOT NULL,
    batch_id TEXT COLLATE "C" NOT NULL,
    model_id TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    persons BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    money_fen BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE INDEX model_batch_item_batch ON model_batch_item (batch_id, fixmedins_code);
CREATE TABLE model_fact (
    model_id TEXT COLLATE "C" NOT NULL,
    fact TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (model_id, fact)
);
CREATE TABLE model_draft (
    draft_id TEXT COLLATE "C" NOT NULL,
    model_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    checked TEXT COLLATE "C" NOT NULL,
    trial TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
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
