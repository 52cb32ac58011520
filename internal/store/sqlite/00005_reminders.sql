-- +goose Up
CREATE TABLE reminder_call (
    call_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    infno TEXT NOT NULL,
    stage TEXT NOT NULL,
    channel TEXT NOT NULL,
    trig_scen TEXT NOT NULL,
    key_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    admdvs TEXT NOT NULL,
    opter TEXT NOT NULL,
    task_id TEXT NOT NULL,
    msg_id TEXT NOT NULL,
    program TEXT NOT NULL,
    verdict TEXT NOT NULL,
    partial SMALLINT NOT NULL,
    orders BIGINT NOT NULL,
    found BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    ana_dura_us BIGINT NOT NULL,
    not_judged TEXT NOT NULL,
    odd BIGINT NOT NULL,
    PRIMARY KEY (call_id)
);
CREATE INDEX reminder_call_at ON reminder_call (at);
CREATE TABLE reminder_visit (
    call_id TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    dept TEXT NOT NULL,
    doctor TEXT NOT NULL,
    inpatient SMALLINT NOT NULL,
    diags TEXT NOT NULL,
    orders TEXT NOT NULL,
    PRIMARY KEY (call_id, psn_no, mdtrt_id)
);
CREATE INDEX reminder_visit_mdtrt_id ON reminder_visit (mdtrt_id);
CREATE INDEX reminder_visit_at ON reminder_visit (at);
CREATE TABLE reminder (
    call_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    jr_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    day TEXT NOT NULL,
    stage TEXT NOT NULL,
    trig_scen TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    dept TEXT NOT NULL,
    doctor TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    inpatient SMALLINT NOT NULL,
    rule_id TEXT NOT NULL,
    rule_name TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    rule_sev_deg BIGINT NOT NULL,
    rule_warn_lv TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    excess BIGINT NOT NULL,
    warn_cont TEXT NOT NULL,
    point_id TEXT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    lines TEXT NOT NULL,
    shown BIGINT NOT NULL,
    why TEXT NOT NULL,
    audience TEXT NOT NULL,
    quiet_of TEXT NOT NULL,
    PRIMARY KEY (call_id, seq)
);
CREATE INDEX reminder_jr_id ON reminder (jr_id);
CREATE INDEX reminder_finding_id ON reminder (finding_id);
CREATE INDEX reminder_mdtrt_id_rule_id ON reminder (mdtrt_id, rule_id);
CREATE INDEX reminder_at ON reminder (at);
CREATE TABLE reminder_choice (
    jr_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    warn_dspo_way TEXT NOT NULL,
    code TEXT NOT NULL,
    warn_dspo_way_dscr TEXT NOT NULL,
    actor TEXT NOT NULL,
    channel TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    warn_type TEXT NOT NULL,
    PRIMARY KEY (jr_id, seq)
) WITHOUT ROWID;
CREATE INDEX reminder_choice_at ON reminder_choice (at);
CREATE TABLE reminder_wrong (
    wrong_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    jr_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    actor TEXT NOT NULL,
    said TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    due_day TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (wrong_id)
) WITHOUT ROWID;
CREATE TABLE reminder_proposal (
    proposal_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    area TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    shown BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    overridden BIGINT NOT NULL,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    why TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (proposal_id)
) WITHOUT ROWID;
CREATE TABLE reminder_area (
    area TEXT NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (area)
) WITHOUT ROWID;
CREATE TABLE reminder_segment (
    name TEXT NOT NULL,
    taken_bytes BIGINT NOT NULL,
    records BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (name)
) WITHOUT ROWID;
CREATE TABLE reminder_episode (
    episode_id TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    dept TEXT NOT NULL,
    doctor TEXT NOT NULL,
    day TEXT NOT NULL,
    inpatient SMALLINT NOT NULL,
    call_id TEXT NOT NULL,
    jr_id TEXT NOT NULL,
    times BIGINT NOT NULL,
    choice TEXT NOT NULL,
    code TEXT NOT NULL,
    outcome TEXT NOT NULL,
    complied SMALLINT NOT NULL,
    hit SMALLINT NOT NULL,
    orig_cnt BIGINT NOT NULL,
    final_cnt BIGINT NOT NULL,
    orig_fund_fen BIGINT NOT NULL,
    final_fund_fen BIGINT NOT NULL,
    subst_fund_fen BIGINT NOT NULL,
    avoided_fen BIGINT NOT NULL,
    reopened SMALLINT NOT NULL,
    reopened_at TEXT NOT NULL,
    setl_day TEXT NOT NULL,
    frozen SMALLINT NOT NULL,
    as_of TEXT NOT NULL,
    note TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (episode_id)
);
CREATE INDEX reminder_episode_day ON reminder_episode (day);
CREATE INDEX reminder_episode_mdtrt_id ON reminder_episode (mdtrt_id);
CREATE TABLE finding_told (
    finding_id TEXT NOT NULL,
    told TEXT NOT NULL,
    call_id TEXT NOT NULL,
    jr_id TEXT NOT NULL,
    call_at BIGINT NOT NULL,
    choice TEXT NOT NULL,
    equal_facts SMALLINT NOT NULL,
    missing TEXT NOT NULL,
    revision TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE INDEX finding_told_told ON finding_told (told);
