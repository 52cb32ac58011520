-- +goose Up
CREATE TABLE rule_version (
    version_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    area TEXT NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    applies_on TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    replaces TEXT NOT NULL,
    live_at BIGINT NOT NULL,
    trial TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (version_id)
);
CREATE TABLE rule_step (
    step_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (step_id)
);
CREATE TABLE rule_notice (
    notice_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    body TEXT NOT NULL,
    effective TEXT NOT NULL,
    actor TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id)
);
CREATE TABLE area_rule (
    override_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    area TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    change TEXT NOT NULL,
    enabled SMALLINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (override_id)
);
CREATE TABLE exemption (
    exemption_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    dept TEXT NOT NULL,
    item TEXT NOT NULL,
    diags TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (exemption_id)
);
CREATE TABLE rule_run (
    run BIGINT NOT NULL,
    rule_id TEXT NOT NULL,
    rule_version TEXT NOT NULL,
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
    error TEXT NOT NULL,
    PRIMARY KEY (run, rule_id)
) WITHOUT ROWID;
CREATE TABLE rule_sample (
    month TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    sev_deg SMALLINT NOT NULL,
    drawn_at BIGINT NOT NULL,
    PRIMARY KEY (month, rule_id, finding_id)
) WITHOUT ROWID;
CREATE TABLE judgement (
    month TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    judge TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    judged_at BIGINT NOT NULL,
    PRIMARY KEY (month, finding_id, judge)
);
CREATE TABLE basis_gone (
    basis TEXT NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (basis)
);
CREATE INDEX rule_version_subject ON rule_version (kind, subject, area);
CREATE INDEX rule_step_version ON rule_step (version_id, at);
CREATE INDEX finding_rule ON finding (rule_id, month);
