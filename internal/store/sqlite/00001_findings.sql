-- +goose Up
CREATE TABLE meta (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE run (
    run BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    added BIGINT NOT NULL,
    same BIGINT NOT NULL,
    revised BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    tasks BIGINT NOT NULL,
    PRIMARY KEY (run)
);
CREATE TABLE finding (
    finding_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    published TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    rule_name TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    sev_deg SMALLINT NOT NULL,
    stage TEXT NOT NULL,
    month TEXT NOT NULL,
    bucket SMALLINT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    setl_id TEXT NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    vola_cont TEXT NOT NULL,
    point_id TEXT NOT NULL,
    basis TEXT NOT NULL,
    state TEXT NOT NULL,
    withdrawn SMALLINT NOT NULL,
    first_run BIGINT NOT NULL,
    last_run BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE TABLE finding_line (
    finding_id TEXT NOT NULL,
    line_no BIGINT NOT NULL,
    vola_item_type SMALLINT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    setl_id TEXT NOT NULL,
    feedetl_sn TEXT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (finding_id, line_no)
) WITHOUT ROWID;
CREATE TABLE intake_part (
    month TEXT NOT NULL,
    bucket SMALLINT NOT NULL,
    file TEXT NOT NULL,
    run BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (month, bucket)
) WITHOUT ROWID;
CREATE TABLE intake_gone (
    finding_id TEXT NOT NULL,
    month TEXT NOT NULL,
    bucket SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE TABLE task (
    task_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    run BIGINT NOT NULL,
    detail TEXT NOT NULL,
    status TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (task_id)
);
CREATE INDEX finding_part ON finding (month, bucket);
CREATE INDEX task_status ON task (status, made_at);
