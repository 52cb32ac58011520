WITH stay AS (SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.day_out, v.fee FROM grp g JOIN visit v ON v.person = g.node AND v.setting = 2 AND v.day_in BETWEEN :first AND :last),
shared AS (SELECT case_key, inst, day_in, day_out, COUNT(DISTINCT person) AS together FROM stay GROUP BY case_key, inst, day_in, day_out HAVING COUNT(DISTINCT person) > 1)
SELECT s.case_key AS case_key, s.person AS person, s.visit AS visit, s.inst AS inst, s.day_in AS day, s.fee AS fee, h.together AS together, COALESCE(s.fee, 0) AS money
FROM stay s JOIN shared h ON h.case_key = s.case_key AND h.inst = s.inst AND h.day_in = s.day_in AND h.day_out = s.day_out
