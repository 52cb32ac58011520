WITH got AS (
  SELECT l.person, t.generic, MIN(l.item) AS item, l.inst, l.day, SUM(l.cnt) AS cnt, SUM(l.amt) AS amt
  FROM line l JOIN item t ON t.item = l.item AND t.generic IS NOT NULL JOIN visit v ON v.visit = l.visit AND v.setting IN (1, 3, 4) AND v.course = 0
  WHERE l.ltype = 101 AND l.day BETWEEN :first AND :last GROUP BY l.person, t.generic, l.inst, l.day HAVING SUM(l.cnt) > 0
),
-- who was nowhere near the limit in the whole period is out at once
enough AS (SELECT person, generic FROM got GROUP BY person, generic HAVING SUM(cnt) >= :qty * 10000 AND COUNT(DISTINCT inst) >= :org),
mine AS (SELECT g.person, g.generic, g.item, g.inst, g.day, g.cnt, g.amt FROM got g JOIN enough s ON s.person = g.person AND s.generic = g.generic),
burst AS (
  SELECT a.person, a.generic, a.day FROM (SELECT DISTINCT person, generic, day FROM mine) a JOIN mine b ON b.person = a.person AND b.generic = a.generic AND b.day BETWEEN a.day AND a.day + :window_d - 1
  GROUP BY a.person, a.generic, a.day HAVING SUM(b.cnt) >= :qty * 10000 AND COUNT(DISTINCT b.inst) >= :org
),
best AS (SELECT person, generic, MIN(day) AS day FROM burst GROUP BY person, generic),
tot AS (
  SELECT m.person, m.generic, COUNT(DISTINCT m.inst) AS orgs, SUM(m.cnt) AS cnt FROM mine m JOIN best b ON b.person = m.person AND b.generic = m.generic AND m.day BETWEEN b.day AND b.day + :window_d - 1
  GROUP BY m.person, m.generic
)
SELECT m.person AS case_key, m.person AS person, m.inst AS inst, m.item AS item, m.day AS day, t.orgs AS orgs, 1.0 * t.cnt / 10000 AS qty, 1.0 * m.cnt / 10000 AS each, m.amt AS money
FROM mine m JOIN best b ON b.person = m.person AND b.generic = m.generic AND m.day BETWEEN b.day AND b.day + :window_d - 1 JOIN tot t ON t.person = m.person AND t.generic = m.generic
