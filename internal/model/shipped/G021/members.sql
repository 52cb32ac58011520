WITH stay AS (
  SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.day_out, v.diag3, v.fee FROM grp g JOIN visit v ON v.person = g.node AND v.setting = 2 AND v.day_in BETWEEN :first AND :last AND v.fee > 0
),
alike AS (
  SELECT DISTINCT a.case_key, a.visit FROM stay a JOIN stay b ON b.case_key = a.case_key AND b.inst = a.inst AND b.diag3 = a.diag3 AND a.person <> b.person
   AND b.day_in BETWEEN a.day_in - :window_d AND a.day_in + :window_d AND ABS(a.fee - b.fee) <= :cost_gap * CASE WHEN a.fee < b.fee THEN a.fee ELSE b.fee END
)
SELECT s.case_key AS case_key, s.person AS person, s.visit AS visit, s.inst AS inst, s.day_in AS day, s.fee AS fee, s.day_out - s.day_in AS los, s.fee AS money
FROM stay s JOIN alike a ON a.visit = s.visit AND a.case_key = s.case_key
