-- B006 床位费超天数: bed days of a stay beyond its length; a day of transfer between intensive care and ward allows one more.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn
  FROM fee SEMI JOIN point_b006 USING (item)
),
{net},
{stay},
bed AS MATERIALIZED (
  SELECT l.line_id, any_value(l.mdtrt_id) AS mdtrt_id, any_value(l.sn) AS sn, any_value(l.clock) AS clock, any_value(l.day) AS day,
         any_value(l.cnt) AS cnt, any_value(l.month) AS month, any_value(s.stay) AS stay, any_value(s.los) AS los, arg_min(p.icu, p.pt) AS icu
  FROM line l JOIN point_b006 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  JOIN stay_of s ON s.visit_key = l.visit_key
  WHERE NOT p.extra
  GROUP BY l.line_id
),
allowed AS (
  SELECT b.stay, any_value(b.los) * 10000 + 10000 * coalesce(any_value(t.days), 0) AS limit_qty, sum(b.cnt) AS total
  FROM bed b LEFT JOIN (
    SELECT stay, count(*) AS days FROM (SELECT stay, day FROM bed GROUP BY stay, day HAVING bool_or(icu) AND NOT bool_and(icu)) GROUP BY stay
  ) t ON t.stay = b.stay
  GROUP BY b.stay HAVING total > limit_qty
),
over AS (
  SELECT b.*, a.limit_qty, sum(b.cnt) OVER w AS used
  FROM bed b JOIN allowed a USING (stay) WINDOW w AS (PARTITION BY b.stay ORDER BY b.clock, b.mdtrt_id, b.sn ROWS UNBOUNDED PRECEDING)
  QUALIFY used > limit_qty
)
SELECT DISTINCT 'B006' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM (
  SELECT *, first_value(month) OVER (PARTITION BY stay ORDER BY clock, mdtrt_id, sn) AS first_month FROM over
) WHERE first_month = the_month()
