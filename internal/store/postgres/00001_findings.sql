-- +goose Up
CREATE TABLE meta (
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
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
    finding_id TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    published TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    rule_name TEXT COLLATE "C" NOT NULL,
    rule_version TEXT COLLATE "C" NOT NULL,
    sev_deg SMALLINT NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    bucket SMALLINT NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    lines BIGINT NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    vola_cont TEXT COLLATE "C" NOT NULL,
    point_id TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    withdrawn SMALLINT NOT NULL,
    first_run BIGINT NOT NULL,
    last_run BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE TABLE finding_line (
    finding_id TEXT COLLATE "C" NOT NULL,
    line_no BIGINT NOT NULL,
    vola_item_type SMALLINT NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    feedetl_sn TEXT COLLATE "C" NOT NULL,
    vola_fen BIGINT NOT NULL,
    fund_fen BIGINT NOT NULL,
    charged_fen BIGINT NOT NULL,
    PRIMARY KEY (finding_id, line_no)
);
CREATE TABLE intake_part (
    month TEXT COLLATE "C" NOT NULL,
    bucket SMALLINT NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (month, bucket)
);
CREATE TABLE intake_gone (
    finding_id TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    bucket SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (finding_id)
);
CREATE TABLE task (
    task_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (task_id)
);
CREATE INDEX finding_part ON finding (month, bucket);
CREATE INDEX task_status ON task (status, made_at);
