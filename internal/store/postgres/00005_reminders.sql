-- +goose Up
CREATE TABLE reminder_call (
    call_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    infno TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    trig_scen TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    admdvs TEXT COLLATE "C" NOT NULL,
    opter TEXT COLLATE "C" NOT NULL,
    task_id TEXT COLLATE "C" NOT NULL,
    msg_id TEXT COLLATE "C" NOT NULL,
    program TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    partial SMALLINT NOT NULL,
    orders BIGINT NOT NULL,
    found BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    ana_dura_us BIGINT NOT NULL,
    not_judged TEXT COLLATE "C" NOT NULL,
    odd BIGINT NOT NULL,
    PRIMARY KEY (call_id)
);
CREATE INDEX reminder_call_at ON reminder_call (at);
CREATE TABLE reminder_visit (
    call_id TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dept TEXT COLLATE "C" NOT NULL,
    doctor TEXT COLLATE "C" NOT NULL,
    inpatient SMALLINT NOT NULL,
    diags TEXT COLLATE "C" NOT NULL,
    orders TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (call_id, psn_no, mdtrt_id)
);
CREATE INDEX reminder_visit_mdtrt_id ON reminder_visit (mdtrt_id);
CREATE INDEX reminder_visit_at ON reminder_visit (at);
CREATE TABLE reminder (
    call_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    jr_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    trig_scen TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dept TEXT COLLATE "C" NOT NULL,
    doctor TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    inpatient SMALLINT NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    rule_name TEXT COLLATE "C" NOT NULL,
    rule_version TEXT COLLATE "C" NOT NULL,
    rule_sev_deg BIGINT NOT NULL,
    rule_warn_lv TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    excess BIGINT NOT NULL,
    warn_cont TEXT COLLATE "C" NOT NULL,
    point_id TEXT COLLATE "C" NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    lines TEXT COLLATE "C" NOT NULL,
    shown BIGINT NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    audience TEXT COLLATE "C" NOT NULL,
    quiet_of TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (call_id, seq)
);
CREATE INDEX reminder_jr_id ON reminder (jr_id);
CREATE INDEX reminder_finding_id ON reminder (finding_id);
CREATE INDEX reminder_mdtrt_id_rule_id ON reminder (mdtrt_id, rule_id);
CREATE INDEX reminder_at ON reminder (at);
CREATE TABLE reminder_choice (
    jr_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    warn_dspo_way TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    warn_dspo_way_dscr TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    warn_type TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (jr_id, seq)
);
CREATE INDEX reminder_choice_at ON reminder_choice (at);
CREATE TABLE reminder_wrong (
    wrong_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    jr_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    rule_version TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    due_day TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    answered_by TEXT COLLATE "C" NOT NULL,
    answered_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (wrong_id)
);
CREATE TABLE reminder_proposal (
    proposal_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C" NOT NULL,
    shown BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    overridden BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (proposal_id)
);
CREATE TABLE reminder_area (
    area TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (area)
);
CREATE TABLE reminder_segment (
    name TEXT COLLATE "C" NOT NULL,
    taken_bytes BIGINT NOT NULL,
    records BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE reminder_episode (
    episode_id TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dept TEXT COLLATE "C" NOT NULL,
    doctor TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    inpatient SMALLINT NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    jr_id TEXT COLLATE "C" NOT NULL,
    times BIGINT NOT NULL,
    choice TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    complied SMALLINT NOT NULL,
    hit SMALLINT NOT NULL,
    orig_cnt BIGINT NOT NULL,
    final_cnt BIGINT NOT NULL,
    orig_fund_fen BIGINT NOT NULL,
    final_fund_fen BIGINT NOT NULL,
    subst_fund_fen BIGINT NOT NULL,
    avoided_fen BIGINT NOT NULL,
    reopened SMALLINT NOT NULL,
    reopened_at TEXT COLLATE "C" NOT NULL,
    setl_day TEXT COLLATE "C" NOT NULL,
    frozen SMALLINT NOT NULL,
    as_of TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (episode_id)
);
CREATE INDEX reminder_episode_day ON reminder_episode (day);
CREATE INDEX reminder_episode_mdtrt_id ON reminder_episode (mdtrt_id);
CREATE TABLE finding_told (
    finding_id TEXT COLLATE "C" NOT NULL,
    told TEXT COLLATE "C" NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    jr_id TEXT COLLATE "C" NOT NULL,
    call_at BIGINT NOT NULL,
    choice TEXT COLLATE "C" NOT NULL,
    equal_facts SMALLINT NOT NULL,
    missing TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE INDEX finding_told_told ON finding_told (told);
