-- neighbours in the queue of one institution: two buckets of the queue are joined, so that a busy day costs no more than its length; who
-- was not out on enough days or in enough places to meet anybody often is no longer a neighbour to look at, though he stood in the queue
WITH q AS (
  SELECT s.inst, s.person, s.day, s.t, ROW_NUMBER() OVER (PARTITION BY s.inst ORDER BY s.t NULLS LAST, s.setl NULLS LAST) AS k
  FROM setl s JOIN visit v ON v.visit = s.visit AND v.course = 0
  WHERE s.t IS NOT NULL AND s.setting IN (1, 3, 4) AND s.day BETWEEN :first AND :last
),
often AS (SELECT person FROM q GROUP BY person HAVING COUNT(1) >= :co_occur AND COUNT(DISTINCT day) >= :co_occur AND COUNT(DISTINCT inst) >= :insts),
b AS (SELECT q.inst, q.person, q.day, q.t, q.k, CAST(FLOOR(1.0 * q.k / :near) AS BIGINT) AS bucket FROM q JOIN often o ON o.person = q.person),
met AS (
  SELECT x.person AS p, y.person AS q, x.inst, x.day FROM b x JOIN b y ON y.inst = x.inst AND y.bucket = x.bucket WHERE y.k > x.k AND y.t - x.t <= 60 * :window_min
  UNION ALL
  SELECT x.person, y.person, x.inst, x.day FROM b x JOIN b y ON y.inst = x.inst AND y.bucket = x.bucket + 1 WHERE y.k - x.k <= :near AND y.t - x.t <= 60 * :window_min
),
pairs AS (SELECT CASE WHEN p < q THEN p ELSE q END AS a, CASE WHEN p < q THEN q ELSE p END AS b, inst, day FROM met WHERE p <> q)
SELECT a, b, COUNT(DISTINCT day) AS weight FROM pairs GROUP BY a, b HAVING COUNT(DISTINCT day) >= :co_occur AND COUNT(DISTINCT inst) >= :insts
