-- B021 单日频次: quantity of an item a visit and day above its limit. Where an institution books the item in batches the
-- day says nothing: the whole stay is counted against the limit times its calendar days.
counted AS MATERIALIZED (
  SELECT f.inst, f.item, month_of(f.clock) AS month, count(*) AS n, f.clock, f.day_only
  FROM fee f SEMI JOIN point_b021 p ON p.item = f.item
  WHERE f.cnt > 0
  GROUP BY ALL
),
batched AS MATERIALIZED (
  SELECT inst, item, month FROM counted GROUP BY inst, item, month
  HAVING sum(n) >= 100 AND 5 * max(n) FILTER (NOT day_only) > sum(n)
),
booked AS MATERIALIZED (
  SELECT l.line_id, l.mdtrt_id, l.sn, l.clock, l.cnt, l.month, l.visit_key, l.day, b.inst IS NOT NULL AS batch, l.body_part, l.side,
         p.pt, p.canon, p.limit_qty, p.unit_fits, p.by_part
  FROM line l JOIN point_b021 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  LEFT JOIN batched b ON b.inst = l.inst AND b.item = l.item AND b.month = month_of(l.clock)
),
spread AS NOT MATERIALIZED (
  SELECT k.*, CASE WHEN k.batch THEN coalesce(s.stay, k.visit_key) ELSE k.visit_key END AS scope,
         CASE WHEN k.batch THEN NULL ELSE k.day END AS on_day, CASE WHEN k.batch THEN coalesce(s.los + 1, 1) ELSE 1 END AS days
  FROM booked k LEFT JOIN stay_of s ON k.batch AND s.visit_key = k.visit_key
),
busy AS MATERIALIZED (
  SELECT scope, on_day, pt, canon, sum(cnt) AS total,
         arg_min(limit_qty, (clock, mdtrt_id, sn)) * CASE WHEN arg_min(by_part, (clock, mdtrt_id, sn))
           THEN count(DISTINCT (coalesce(body_part, 0), coalesce(side, 0))) ELSE 1 END * arg_min(days, (clock, mdtrt_id, sn)) AS allowed
  FROM spread GROUP BY scope, on_day, pt, canon
  HAVING total > allowed AND (arg_min(unit_fits, (clock, mdtrt_id, sn)))
),
over AS (
  SELECT k.mdtrt_id, k.sn, k.clock, k.month, k.scope, k.on_day, k.pt, k.canon, b.allowed, sum(k.cnt) OVER w AS used
  FROM spread k JOIN busy b ON b.scope = k.scope AND b.on_day IS NOT DISTINCT FROM k.on_day AND b.pt = k.pt AND b.canon = k.canon
  WINDOW w AS (PARTITION BY k.scope, k.on_day, k.pt, k.canon ORDER BY k.clock, k.mdtrt_id, k.sn ROWS UNBOUNDED PRECEDING)
  QUALIFY used > b.allowed
)
SELECT DISTINCT 'B021' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM (
  SELECT *, first_value(month) OVER (PARTITION BY scope, on_day, pt, canon ORDER BY clock, mdtrt_id, sn) AS first_month FROM over
) WHERE first_month = the_month()
