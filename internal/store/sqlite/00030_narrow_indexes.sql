-- +goose Up
-- Only PostgreSQL's indexes become narrower; the versions of both engines stay in step.
SELECT 1;
-- +goose Down
SELECT 1;
