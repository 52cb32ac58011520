-- +goose Up
-- Lists are filtered within their order: what they are filtered by lies in the index, so that only rows that are shown are read.
DROP INDEX finding_pool;
DROP INDEX finding_inst;
DROP INDEX finding_rule_pool;
CREATE INDEX finding_pool ON finding (state, charged_fen, finding_id, withdrawn, sev_deg, admdvs);
CREATE INDEX finding_inst ON finding (fixmedins_code, state, charged_fen, finding_id, withdrawn, sev_deg, rule_id, month);
CREATE INDEX finding_rule_pool ON finding (rule_id, state, charged_fen, finding_id, withdrawn, sev_deg, month, admdvs);
CREATE INDEX finding_month_pool ON finding (month, state, charged_fen, finding_id, withdrawn, sev_deg, admdvs);
CREATE INDEX finding_psn ON finding (psn_no);
-- +goose Down
DROP INDEX finding_psn;
DROP INDEX finding_month_pool;
DROP INDEX finding_rule_pool;
DROP INDEX finding_inst;
DROP INDEX finding_pool;
CREATE INDEX finding_pool ON finding (state, charged_fen, finding_id);
CREATE INDEX finding_inst ON finding (fixmedins_code, state, charged_fen, finding_id);
CREATE INDEX finding_rule_pool ON finding (rule_id, state, charged_fen, finding_id);
