-- a place from which so many come with this disease every week is none
WITH stay AS (SELECT g.case_key, v.visit, v.person, v.inst, v.day_in, v.day_out, v.diag3, v.fee, p.addr, p.unit FROM grp g JOIN visit v ON v.visit = g.node JOIN person p ON p.person = v.person),
sums AS (
  SELECT case_key, MIN(inst) AS inst, MIN(diag3) AS diag3, MIN(addr) AS addr, MAX(addr) AS addr2, MIN(unit) AS unit, COUNT(DISTINCT person) AS n, MAX(day_in) - MIN(day_in) + 1 AS span
  FROM stay GROUP BY case_key HAVING COUNT(DISTINCT person) >= :group_n
),
usual AS (
  SELECT s.case_key, COUNT(1) AS n, :last - :first + 1 AS days FROM sums s JOIN visit v ON v.inst = s.inst AND v.diag3 = s.diag3 AND v.setting = 2 AND v.day_in BETWEEN :first AND :last JOIN person p ON p.person = v.person
  WHERE (s.addr = s.addr2 AND p.addr = s.addr) OR (s.addr <> s.addr2 AND p.unit = s.unit) GROUP BY s.case_key
),
ok AS (SELECT s.case_key FROM sums s JOIN usual u ON u.case_key = s.case_key WHERE 1.0 * s.n * u.days >= :lift * u.n * s.span),
-- of an outbreak only some happen to cost the same
around AS (
  SELECT s.case_key, COUNT(DISTINCT v.person) AS n FROM sums s JOIN visit v ON v.inst = s.inst AND v.diag3 = s.diag3 AND v.setting = 2 JOIN person p ON p.person = v.person
  JOIN (SELECT case_key, MIN(day_in) AS d0, MAX(day_in) AS d1 FROM stay GROUP BY case_key) t ON t.case_key = s.case_key AND v.day_in BETWEEN t.d0 - :window_d AND t.d1 + :window_d
  WHERE (s.addr = s.addr2 AND p.addr = s.addr) OR (s.addr <> s.addr2 AND p.unit = s.unit) GROUP BY s.case_key
)
SELECT k.case_key AS case_key, k.person AS person, k.visit AS visit, k.inst AS inst, k.day_in AS day, k.fee AS fee, k.day_out - k.day_in AS los, k.fee AS money
FROM stay k JOIN ok o ON o.case_key = k.case_key JOIN sums s ON s.case_key = k.case_key JOIN around a ON a.case_key = k.case_key
WHERE 1.0 * s.n >= :whole * a.n
