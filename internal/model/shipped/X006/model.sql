WITH q AS (
  SELECT s.inst, s.person, s.day, COALESCE(v.t_in, s.t) AS t, p.addr, ROW_NUMBER() OVER (PARTITION BY s.inst ORDER BY COALESCE(v.t_in, s.t) NULLS LAST, s.setl NULLS LAST) AS k
  FROM setl s JOIN visit v ON v.visit = s.visit AND v.course = 0 LEFT JOIN person p ON p.person = s.person
  WHERE s.t IS NOT NULL AND s.setting IN (1, 3, 5) AND s.day BETWEEN :first AND :last
),
-- who was not out on enough days meets nobody often enough
often AS (SELECT person FROM q GROUP BY person HAVING COUNT(DISTINCT day) >= :times),
b AS (SELECT q.inst, q.person, q.day, q.t, q.addr, q.k, CAST(FLOOR(1.0 * q.k / :near) AS BIGINT) AS bucket FROM q JOIN often o ON o.person = q.person),
met AS (
  SELECT x.person AS p, y.person AS q, x.day FROM b x JOIN b y ON y.inst = x.inst AND y.bucket = x.bucket
  WHERE y.k > x.k AND y.t - x.t <= 60 * :window_min AND (x.addr IS NULL OR y.addr IS NULL OR x.addr <> y.addr)
  UNION ALL
  SELECT x.person, y.person, x.day FROM b x JOIN b y ON y.inst = x.inst AND y.bucket = x.bucket + 1
  WHERE y.k - x.k <= :near AND y.t - x.t <= 60 * :window_min AND (x.addr IS NULL OR y.addr IS NULL OR x.addr <> y.addr)
)
SELECT CASE WHEN p < q THEN p ELSE q END AS a, CASE WHEN p < q THEN q ELSE p END AS b, COUNT(DISTINCT day) AS weight FROM met WHERE p <> q
GROUP BY CASE WHEN p < q THEN p ELSE q END, CASE WHEN p < q THEN q ELSE p END HAVING COUNT(DISTINCT day) >= :times
