-- B021 单日频次: quantity of an item a visit and day above its limit. Where an institution books the item in batches the
-- day says nothing: the whole stay is counted against the limit times its calendar days.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn, body_part, side
  FROM fee SEMI JOIN point_b021 USING (item)
),
{net},
{stay},
counted AS (
  SELECT inst, item, month_of(clock) AS month, clock, day_only, count(*) AS n FROM pick WHERE cnt > 0 GROUP BY ALL
),
batched AS MATERIALIZED (
  SELECT inst, item, month FROM counted GROUP BY inst, item, month
  HAVING sum(n) >= 100 AND 5 * max(n) FILTER (NOT day_only) > sum(n)
),
booked AS MATERIALIZED (
  SELECT l.mdtrt_id, l.sn, l.clock, l.cnt, l.month, l.body_part, l.side, p.pt, p.canon, p.limit_qty, p.by_part,
         CASE WHEN b.inst IS NULL THEN l.visit_key ELSE coalesce(s.stay, l.visit_key) END AS scope,
         CASE WHEN b.inst IS NULL THEN l.day END AS on_day, CASE WHEN b.inst IS NULL THEN 1 ELSE coalesce(s.los + 1, 1) END AS days
  FROM line l JOIN point_b021 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  LEFT JOIN batched b ON b.inst = l.inst AND b.item = l.item AND b.month = month_of(l.clock)
  LEFT JOIN stay_of s ON s.visit_key = l.visit_key
  WHERE p.unit_fits
),
busy AS MATERIALIZED (
  SELECT scope, on_day, pt, canon, min_by(limit_qty, clock) * min_by(days, clock) AS allowed, min_by(by_part, clock) AS by_part
  FROM booked GROUP BY scope, on_day, pt, canon HAVING sum(cnt) > allowed
),
-- items priced by part or side may be billed once for each part
allowance AS MATERIALIZED (
  SELECT b.scope, b.on_day, b.pt, b.canon, any_value(b.allowed) *
         CASE WHEN any_value(b.by_part) THEN count(DISTINCT coalesce(k.body_part, 0)::BIGINT << 32 | coalesce(k.side, 0)) ELSE 1 END AS allowed
  FROM busy b JOIN booked k ON k.scope = b.scope AND k.on_day IS NOT DISTINCT FROM b.on_day AND k.pt = b.pt AND k.canon = b.canon
  GROUP BY b.scope, b.on_day, b.pt, b.canon
),
over AS (
  SELECT k.mdtrt_id, k.sn, k.clock, k.month, k.scope, k.on_day, k.pt, k.canon, b.allowed,
         sum(k.cnt) OVER (PARTITION BY k.scope, k.on_day, k.pt, k.canon ORDER BY k.clock, k.mdtrt_id, k.sn ROWS UNBOUNDED PRECEDING) AS used
  FROM booked k JOIN allowance b ON b.scope = k.scope AND b.on_day IS NOT DISTINCT FROM k.on_day AND b.pt = k.pt AND b.canon = k.canon
  QUALIFY used > b.allowed
)
SELECT DISTINCT 'B021' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM (
  SELECT *, first_value(month) OVER (PARTITION BY scope, on_day, pt, canon ORDER BY clock, mdtrt_id, sn) AS first_month FROM over
) WHERE first_month = the_month()
