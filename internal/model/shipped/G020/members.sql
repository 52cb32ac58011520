-- one diagnosis for all is an outbreak; a place from which so many come every week is none
WITH stay AS (SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.diag3, v.fee, p.addr, p.unit FROM grp g JOIN visit v ON v.visit = g.node JOIN person p ON p.person = v.person),
sums AS (
  SELECT case_key, MIN(inst) AS inst, MIN(addr) AS addr, MAX(addr) AS addr2, MIN(unit) AS unit, COUNT(DISTINCT person) AS n, COUNT(DISTINCT diag3) AS diags, MAX(day_in) - MIN(day_in) + 1 AS span
  FROM stay GROUP BY case_key HAVING COUNT(DISTINCT person) >= :group_n AND COUNT(DISTINCT diag3) > 1
),
usual AS (
  SELECT s.case_key, COUNT(1) AS n, :last - :first + 1 AS days FROM sums s JOIN visit v ON v.inst = s.inst AND v.setting = 2 AND v.day_in BETWEEN :first AND :last JOIN person p ON p.person = v.person
  WHERE (s.addr = s.addr2 AND p.addr = s.addr) OR (s.addr <> s.addr2 AND p.unit = s.unit) GROUP BY s.case_key
),
ok AS (SELECT s.case_key, s.diags FROM sums s JOIN usual u ON u.case_key = s.case_key WHERE 1.0 * s.n * u.days >= :lift * u.n * s.span)
SELECT k.case_key AS case_key, k.person AS person, k.visit AS visit, k.inst AS inst, k.day_in AS day, k.fee AS fee, o.diags AS diags, COALESCE(k.fee, 0) AS money
FROM stay k JOIN ok o ON o.case_key = k.case_key
