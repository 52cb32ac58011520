-- +goose Up
ALTER TABLE finding ADD COLUMN prio BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN refund SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN admdvs TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE finding_line ADD COLUMN scope_fen BIGINT NOT NULL DEFAULT 0;
CREATE TABLE review_inst (
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    closed_on TEXT COLLATE "C" NOT NULL,
    succ_code TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (fixmedins_code)
);
CREATE TABLE review_case (
    finding_id TEXT COLLATE "C" NOT NULL,
    package_id TEXT COLLATE "C" NOT NULL,
    panel_id TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    track TEXT COLLATE "C" NOT NULL,
    back_state TEXT COLLATE "C" NOT NULL,
    clock TEXT COLLATE "C" NOT NULL,
    start_day BIGINT NOT NULL,
    due_day BIGINT NOT NULL,
    paused_day BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    sent_day BIGINT NOT NULL,
    delivered_day BIGINT NOT NULL,
    proof TEXT COLLATE "C" NOT NULL,
    reminders BIGINT NOT NULL,
    reminded_day BIGINT NOT NULL,
    escalated BIGINT NOT NULL,
    escalated_day BIGINT NOT NULL,
    supplements BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    first_by TEXT COLLATE "C" NOT NULL,
    dismiss_by TEXT COLLATE "C" NOT NULL,
    dismiss2_by TEXT COLLATE "C" NOT NULL,
    second_by TEXT COLLATE "C" NOT NULL,
    final_by TEXT COLLATE "C" NOT NULL,
    machine TEXT COLLATE "C" NOT NULL,
    machine_task TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
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
    finding_id TEXT COLLATE "C" NOT NULL,
    line_no BIGINT NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    feedetl_sn TEXT COLLATE "C" NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    scope_fen BIGINT NOT NULL,
    upheld_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    upheld_cnt BIGINT NOT NULL,
    of_cnt BIGINT NOT NULL,
    PRIMARY KEY (finding_id, line_no)
);
CREATE TABLE review_step (
    finding_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    from_state TEXT COLLATE "C" NOT NULL,
    to_state TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    opinion TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (finding_id, seq)
);
CREATE TABLE review_package (
    package_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    notice_id TEXT COLLATE "C" NOT NULL,
    findings BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    merged_into TEXT COLLATE "C" NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    recall_reason TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (package_id)
);
CREATE TABLE review_notice (
    notice_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    package_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    sent_at BIGINT NOT NULL,
    sent_day BIGINT NOT NULL,
    sent_by TEXT COLLATE "C" NOT NULL,
    delivered_day BIGINT NOT NULL,
    proof TEXT COLLATE "C" NOT NULL,
    signed_by TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (notice_id)
);
CREATE TABLE review_file (
    file_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    media TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    uploaded_by TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id)
);
CREATE TABLE review_panel (
    panel_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    chair TEXT COLLATE "C" NOT NULL,
    convened_by TEXT COLLATE "C" NOT NULL,
    convened_at BIGINT NOT NULL,
    minutes TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (panel_id)
);
CREATE TABLE panel_member (
    panel_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    recused TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (panel_id, login)
);
CREATE TABLE panel_vote (
    panel_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    vote TEXT COLLATE "C" NOT NULL,
    upheld_fen BIGINT NOT NULL,
    opinion TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (panel_id, finding_id, login)
);
CREATE TABLE review_extension (
    extension_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    days BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    asked_by TEXT COLLATE "C" NOT NULL,
    asked_at BIGINT NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (extension_id)
);
CREATE TABLE review_param (
    param_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    value BIGINT NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (param_id)
);
CREATE TABLE review_tie (
    tie_id TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    until_day BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tie_id)
);
CREATE TABLE review_term (
    login TEXT COLLATE "C" NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (login)
);
CREATE TABLE review_relay (
    relay_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dept TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    asks TEXT COLLATE "C" NOT NULL,
    due_day BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    reply TEXT COLLATE "C" NOT NULL,
    asked_by TEXT COLLATE "C" NOT NULL,
    asked_at BIGINT NOT NULL,
    replied_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (relay_id)
);
CREATE TABLE review_lock (
    name TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE rule_alias (
    old_rule TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
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
