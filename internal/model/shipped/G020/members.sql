-- the group's stays at one institution within the window; one diagnosis for all is an outbreak
WITH stay AS (
  SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.diag3, v.fee FROM grp g JOIN visit v ON v.person = g.node AND v.setting = 2 AND COALESCE(v.adm_way, 0) <> 1 AND COALESCE(v.er, 0) = 0 AND v.day_in BETWEEN :first AND :last
),
near AS (
  SELECT a.case_key, a.visit, COUNT(DISTINCT b.person) AS persons FROM stay a JOIN stay b ON b.case_key = a.case_key AND b.inst = a.inst AND b.day_in BETWEEN a.day_in - :window_d AND a.day_in + :window_d
  GROUP BY a.case_key, a.visit HAVING COUNT(DISTINCT b.person) >= :core + 1
),
kept AS (SELECT s.case_key, s.visit, s.person, s.inst, s.day_in, s.diag3, s.fee FROM stay s JOIN near n ON n.visit = s.visit AND n.case_key = s.case_key),
ok AS (SELECT case_key, COUNT(DISTINCT diag3) AS diags FROM kept GROUP BY case_key HAVING COUNT(DISTINCT person) >= :group_n AND COUNT(DISTINCT diag3) > 1)
SELECT k.case_key AS case_key, k.person AS person, k.visit AS visit, k.inst AS inst, k.day_in AS day, k.fee AS fee, o.diags AS diags, COALESCE(k.fee, 0) AS money
FROM kept k JOIN ok o ON o.case_key = k.case_key
