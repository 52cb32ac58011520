-- +goose Up
-- finding_rule_pool begins with rule_id too: nobody asks for (rule_id, month), and every finding taken in paid for it.
DROP INDEX finding_rule;
-- +goose Down
CREATE INDEX finding_rule ON finding (rule_id, month);
