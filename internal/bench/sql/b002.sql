-- B002 内涵包含: the main item already pays for the contained one, within the day, visit, six hours or clock hour.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn
  FROM fee SEMI JOIN point_b002 USING (item)
),
{net},
{stay},
part AS MATERIALIZED (
  SELECT l.line_id, l.mdtrt_id, l.sn, l.clock, l.day, l.day_only, l.cnt, l.month, p.pt, p.second, p.scope AS kind, p.cap, p.er_obs,
         coalesce(s.stay, l.visit_key) AS scope, l.visit_key,
         -- what must be equal besides the scope for the point to join two lines by hash
         CASE WHEN p.scope IN ('单次就诊', '本次', '6小时', '同一小时') THEN 0 ELSE l.day END AS meet
  FROM line l JOIN point_b002 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  LEFT JOIN stay_of s ON s.visit_key = l.visit_key
),
-- observed: on the day of admission from emergency observation a point that says so does not hold
observed AS (
  SELECT visit_key, day_of(begin) AS day FROM visit WHERE er_obs_begntime IS NOT NULL AND day_of(er_obs_begntime) = day_of(begin)
),
pair AS MATERIALIZED (
  SELECT m.line_id AS main_id, m.cnt AS main_cnt, o.line_id, o.scope, o.pt,
         CASE WHEN o.kind IN ('单次就诊', '本次') THEN NULL ELSE o.day END AS on_day
  FROM part m JOIN part o ON NOT m.second AND o.second AND m.pt = o.pt AND m.scope = o.scope AND m.meet = o.meet AND m.line_id <> o.line_id
  WHERE CASE o.kind
    WHEN '6小时' THEN CASE WHEN m.day_only OR o.day_only THEN m.day = o.day ELSE abs(m.clock - o.clock) <= 21600000000 END
    WHEN '同一小时' THEN CASE WHEN m.day_only OR o.day_only THEN m.day = o.day ELSE m.clock // 3600000000 = o.clock // 3600000000 END
    ELSE true END
    AND NOT (o.er_obs AND EXISTS (SELECT 1 FROM observed e WHERE e.day = o.day AND e.visit_key IN (m.visit_key, o.visit_key)))
),
main AS (
  SELECT scope, pt, on_day, sum(main_cnt) AS cnt FROM (SELECT DISTINCT scope, pt, on_day, main_id, main_cnt FROM pair) GROUP BY scope, pt, on_day
),
part_used AS (
  SELECT o.mdtrt_id, o.sn, o.clock, o.month, o.cap, p.scope, p.pt, p.on_day, coalesce(m.cnt * o.cap, 0) AS included,
         sum(o.cnt) OVER (PARTITION BY p.scope, p.pt, p.on_day) AS total,
         sum(o.cnt) OVER (PARTITION BY p.scope, p.pt, p.on_day ORDER BY o.clock, o.mdtrt_id, o.sn ROWS UNBOUNDED PRECEDING) AS used
  FROM (SELECT DISTINCT line_id, scope, pt, on_day FROM pair) p
  JOIN part o ON o.second AND o.line_id = p.line_id AND o.pt = p.pt
  JOIN main m ON m.scope = p.scope AND m.pt = p.pt AND m.on_day IS NOT DISTINCT FROM p.on_day
)
SELECT DISTINCT 'B002' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM (
  SELECT *, first_value(month) OVER (PARTITION BY scope, pt, on_day ORDER BY clock, mdtrt_id, sn) AS first_month
  FROM part_used WHERE used > CASE WHEN cap > 0 THEN total - least(total, included) ELSE 0 END
) WHERE first_month = the_month()
