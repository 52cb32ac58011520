-- +goose Up
CREATE TABLE ledger_post (
    post_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    line_no BIGINT NOT NULL,
    book TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    setl_id TEXT NOT NULL,
    feedetl_sn TEXT NOT NULL,
    item TEXT NOT NULL,
    from_acct TEXT NOT NULL,
    to_acct TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    month TEXT NOT NULL,
    doc TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    memo TEXT NOT NULL,
    PRIMARY KEY (post_id)
);
CREATE TABLE refund_else (
    refund_id TEXT NOT NULL,
    source TEXT NOT NULL,
    ref_no TEXT NOT NULL,
    line TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    setl_id TEXT NOT NULL,
    feedetl_sn TEXT NOT NULL,
    amt_fen BIGINT NOT NULL,
    used_fen BIGINT NOT NULL,
    paid_day BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (refund_id)
);
CREATE TABLE review_setl (
    setl_id TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    paid TEXT NOT NULL,
    clr_month TEXT NOT NULL,
    pay_mode BIGINT NOT NULL,
    insu_admdvs TEXT NOT NULL,
    items TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (setl_id)
);
CREATE TABLE pay_sheet (
    month TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    payable_fen BIGINT NOT NULL,
    offset_fen BIGINT NOT NULL,
    voucher_no TEXT NOT NULL,
    voucher_fen BIGINT NOT NULL,
    state TEXT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (month, fixmedins_code)
) WITHOUT ROWID;
CREATE TABLE ledger_period (
    month TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by TEXT NOT NULL,
    offset_fen BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    PRIMARY KEY (month)
);
CREATE INDEX ledger_post_finding ON ledger_post (finding_id, post_id);
CREATE INDEX ledger_post_month ON ledger_post (month, to_acct, fixmedins_code);
CREATE INDEX ledger_post_doc ON ledger_post (doc);
CREATE INDEX refund_else_inst ON refund_else (fixmedins_code, rule_id);
