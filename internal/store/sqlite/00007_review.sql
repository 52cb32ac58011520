-- +goose Up
ALTER TABLE finding ADD COLUMN prio BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN refund SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN admdvs TEXT NOT NULL DEFAULT '';
ALTER TABLE finding_line ADD COLUMN scope_fen BIGINT NOT NULL DEFAULT 0;
CREATE TABLE review_inst (
    fixmedins_code TEXT NOT NULL,
    name TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    kind TEXT NOT NULL,
    closed_on TEXT NOT NULL,
    succ_code TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (fixmedins_code)
);
CREATE TABLE review_case (
    finding_id TEXT NOT NULL,
    package_id TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL,
    track TEXT NOT NULL,
    back_state TEXT NOT NULL,
    clock TEXT NOT NULL,
    start_day BIGINT NOT NULL,
    due_day BIGINT NOT NULL,
    paused_day BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    sent_day BIGINT NOT NULL,
    delivered_day BIGINT NOT NULL,
    proof TEXT NOT NULL,
    reminders BIGINT NOT NULL,
    reminded_day BIGINT NOT NULL,
    escalated BIGINT NOT NULL,
    escalated_day BIGINT NOT NULL,
    supplements BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    first_by TEXT NOT NULL,
    dismiss_by TEXT NOT NULL,
    dismiss2_by TEXT NOT NULL,
    second_by TEXT NOT NULL,
    final_by TEXT NOT NULL,
    machine TEXT NOT NULL,
    machine_task TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL,
    severity BIGINT NOT NULL,
    refund BIGINT NOT NULL,
    claim_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    steps BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE TABLE review_line (
    finding_id TEXT NOT NULL,
    line_no BIGINT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    setl_id TEXT NOT NULL,
    feedetl_sn TEXT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    scope_fen BIGINT NOT NULL,
    upheld_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    upheld_cnt BIGINT NOT NULL,
    of_cnt BIGINT NOT NULL,
    PRIMARY KEY (finding_id, line_no)
) WITHOUT ROWID;
CREATE TABLE review_step (
    finding_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    opinion TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (finding_id, seq)
) WITHOUT ROWID;
CREATE TABLE review_package (
    package_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    findings BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    merged_into TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    recall_reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (package_id)
);
CREATE TABLE review_notice (
    notice_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    package_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    sent_day BIGINT NOT NULL,
    sent_by TEXT NOT NULL,
    delivered_day BIGINT NOT NULL,
    proof TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (notice_id)
);
CREATE TABLE review_file (
    file_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE TABLE review_panel (
    panel_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    state TEXT NOT NULL,
    chair TEXT NOT NULL,
    convened_by TEXT NOT NULL,
    convened_at BIGINT NOT NULL,
    minutes TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (panel_id)
);
CREATE TABLE panel_member (
    panel_id TEXT NOT NULL,
    login TEXT NOT NULL,
    recused TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (panel_id, login)
) WITHOUT ROWID;
CREATE TABLE panel_vote (
    panel_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    login TEXT NOT NULL,
    vote TEXT NOT NULL,
    upheld_fen BIGINT NOT NULL,
    opinion TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (panel_id, finding_id, login)
) WITHOUT ROWID;
CREATE TABLE review_extension (
    extension_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    days BIGINT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (extension_id)
);
CREATE TABLE review_param (
    param_id TEXT NOT NULL,
    name TEXT NOT NULL,
    area TEXT NOT NULL,
    value BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (param_id)
);
CREATE TABLE review_tie (
    tie_id TEXT NOT NULL,
    login TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    until_day BIGINT NOT NULL,
    note TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tie_id)
);
CREATE TABLE review_term (
    login TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (login)
);
CREATE TABLE review_relay (
    relay_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    dept TEXT NOT NULL,
    login TEXT NOT NULL,
    asks TEXT NOT NULL,
    due_day BIGINT NOT NULL,
    state TEXT NOT NULL,
    reply TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    replied_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (relay_id)
);
CREATE TABLE review_lock (
    name TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (name)
) WITHOUT ROWID;
CREATE TABLE rule_alias (
    old_rule TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    note TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (old_rule)
);
CREATE INDEX review_case_queue ON review_case (state, due_day, finding_id);
CREATE INDEX review_case_inst ON review_case (fixmedins_code, state, due_day, finding_id);
CREATE INDEX review_case_package ON review_case (package_id);
CREATE INDEX review_case_panel ON review_case (panel_id);
CREATE INDEX review_case_like ON review_case (rule_id, state);
CREATE INDEX review_step_event ON review_step (event, day);
CREATE INDEX review_package_state ON review_package (state, month);
CREATE INDEX review_notice_inst ON review_notice (fixmedins_code, delivered_day);
CREATE INDEX review_notice_finding ON review_notice (finding_id);
CREATE INDEX review_file_finding ON review_file (finding_id);
CREATE INDEX review_extension_finding ON review_extension (finding_id);
CREATE INDEX review_relay_finding ON review_relay (finding_id);
CREATE INDEX review_relay_login ON review_relay (login, state);
CREATE INDEX finding_pool ON finding (state, charged_fen, finding_id);
CREATE INDEX finding_inst ON finding (fixmedins_code, state, charged_fen, finding_id);
CREATE INDEX finding_rule_pool ON finding (rule_id, state, charged_fen, finding_id);
CREATE INDEX finding_line_visit ON finding_line (mdtrt_id);
