-- +goose Up
CREATE TABLE rule_version (
    version_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    applies_on TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    replaces TEXT COLLATE "C" NOT NULL,
    live_at BIGINT NOT NULL,
    trial TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (version_id)
);
CREATE TABLE rule_step (
    step_id TEXT COLLATE "C" NOT NULL,
    version_id TEXT COLLATE "C" NOT NULL,
    from_state TEXT COLLATE "C" NOT NULL,
    to_state TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (step_id)
);
CREATE TABLE rule_notice (
    notice_id TEXT COLLATE "C" NOT NULL,
    version_id TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    effective TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    announced_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id)
);
CREATE TABLE area_rule (
    override_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    enabled SMALLINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (override_id)
);
CREATE TABLE exemption (
    exemption_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dept TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    diags TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (exemption_id)
);
CREATE TABLE rule_run (
    run BIGINT NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    rule_version TEXT COLLATE "C" NOT NULL,
    finished_at BIGINT NOT NULL,
    months BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    exempted BIGINT NOT NULL,
    not_judged BIGINT NOT NULL,
    added BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    micros BIGINT NOT NULL,
    error TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run, rule_id)
);
CREATE TABLE rule_sample (
    month TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    rule_version TEXT COLLATE "C" NOT NULL,
    sev_deg SMALLINT NOT NULL,
    drawn_at BIGINT NOT NULL,
    PRIMARY KEY (month, rule_id, finding_id)
);
CREATE TABLE judgement (
    month TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    judge TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    judged_at BIGINT NOT NULL,
    PRIMARY KEY (month, finding_id, judge)
);
CREATE TABLE basis_gone (
    basis TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (basis)
);
CREATE INDEX rule_version_subject ON rule_version (kind, subject, area);
CREATE INDEX rule_step_version ON rule_step (version_id, at);
CREATE INDEX finding_rule ON finding (rule_id, month);
