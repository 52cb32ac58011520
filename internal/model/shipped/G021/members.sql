WITH stay AS (SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.day_out, v.fee FROM grp g JOIN visit v ON v.visit = g.node),
ok AS (SELECT case_key FROM stay GROUP BY case_key HAVING COUNT(DISTINCT person) >= :group_n)
SELECT s.case_key AS case_key, s.person AS person, s.visit AS visit, s.inst AS inst, s.day_in AS day, s.fee AS fee, s.day_out - s.day_in AS los, s.fee AS money
FROM stay s JOIN ok o ON o.case_key = s.case_key
