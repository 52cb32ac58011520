-- +goose Up
-- What SQLite reads from an index instead of the row, PostgreSQL reads quickly enough from the row: narrower indexes, and none that begins as another
-- does, let an audit's findings in faster.
DROP INDEX finding_pool;
DROP INDEX finding_inst;
DROP INDEX finding_rule_pool;
DROP INDEX finding_month_pool;
DROP INDEX finding_board;
CREATE INDEX finding_pool ON finding (state, charged_fen, finding_id);
CREATE INDEX finding_inst ON finding (fixmedins_code, state, charged_fen, finding_id);
CREATE INDEX finding_rule_pool ON finding (rule_id, state, charged_fen, finding_id);
CREATE INDEX finding_month_pool ON finding (month, state, charged_fen, finding_id);
-- +goose Down
DROP INDEX finding_month_pool;
DROP INDEX finding_rule_pool;
DROP INDEX finding_inst;
DROP INDEX finding_pool;
CREATE INDEX finding_board ON finding (month, fixmedins_code, rule_id);
CREATE INDEX finding_month_pool ON finding (month, state, charged_fen, finding_id, withdrawn, sev_deg, admdvs);
CREATE INDEX finding_rule_pool ON finding (rule_id, state, charged_fen, finding_id, withdrawn, sev_deg, month, admdvs);
CREATE INDEX finding_inst ON finding (fixmedins_code, state, charged_fen, finding_id, withdrawn, sev_deg, rule_id, month);
CREATE INDEX finding_pool ON finding (state, charged_fen, finding_id, withdrawn, sev_deg, admdvs);
