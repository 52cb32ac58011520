-- +goose Up
CREATE TABLE ledger_post (
    post_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    line_no BIGINT NOT NULL,
    book TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    feedetl_sn TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    from_acct TEXT COLLATE "C" NOT NULL,
    to_acct TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    doc TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    memo TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (post_id)
);
CREATE TABLE refund_else (
    refund_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    ref_no TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    feedetl_sn TEXT COLLATE "C" NOT NULL,
    amt_fen BIGINT NOT NULL,
    used_fen BIGINT NOT NULL,
    paid_day BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (refund_id)
);
CREATE TABLE review_setl (
    setl_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    paid TEXT COLLATE "C" NOT NULL,
    clr_month TEXT COLLATE "C" NOT NULL,
    pay_mode BIGINT NOT NULL,
    insu_admdvs TEXT COLLATE "C" NOT NULL,
    items TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (setl_id)
);
CREATE TABLE pay_sheet (
    month TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    payable_fen BIGINT NOT NULL,
    offset_fen BIGINT NOT NULL,
    voucher_no TEXT COLLATE "C" NOT NULL,
    voucher_fen BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code)
);
CREATE TABLE ledger_period (
    month TEXT COLLATE "C" NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL,
    offset_fen BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    PRIMARY KEY (month)
);
CREATE INDEX ledger_post_finding ON ledger_post (finding_id, post_id);
CREATE INDEX ledger_post_month ON ledger_post (month, to_acct, fixmedins_code);
CREATE INDEX ledger_post_doc ON ledger_post (doc);
CREATE INDEX refund_else_inst ON refund_else (fixmedins_code, rule_id);
