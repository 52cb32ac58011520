-- one diagnosis for all is an outbreak
WITH stay AS (SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.diag3, v.fee FROM grp g JOIN visit v ON v.visit = g.node),
ok AS (SELECT case_key, COUNT(DISTINCT diag3) AS diags FROM stay GROUP BY case_key HAVING COUNT(DISTINCT person) >= :group_n AND COUNT(DISTINCT diag3) > 1)
SELECT k.case_key AS case_key, k.person AS person, k.visit AS visit, k.inst AS inst, k.day_in AS day, k.fee AS fee, o.diags AS diags, COALESCE(k.fee, 0) AS money
FROM stay k JOIN ok o ON o.case_key = k.case_key
