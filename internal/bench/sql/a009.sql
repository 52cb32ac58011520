-- A009 药品限机构级别: the institution (for a pharmacy the one that prescribed) is of a lower level on the fee day.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn, rxno, hi_rxno
  FROM fee SEMI JOIN point_a009 USING (item)
),
{net},
hit AS MATERIALIZED (
  SELECT l.line_id, l.pers, l.day, l.mdtrt_id, l.sn, l.rxno, l.hi_rxno, p.tier AS need, i.tier, i.kind
  FROM line l JOIN point_a009 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  WHERE l.month = the_month()
),
prescribed AS (
  SELECT h.line_id, r.inst, h.day
  FROM hit h JOIN prescription r ON r.pers = h.pers AND (r.hi_rxno = h.hi_rxno OR r.rxno = h.rxno)
  WHERE h.kind = 2
  QUALIFY row_number() OVER (PARTITION BY h.line_id ORDER BY (r.hi_rxno = h.hi_rxno) IS TRUE DESC, r.row_id) = 1
)
SELECT DISTINCT 'A009' AS rule_id, h.mdtrt_id, h.sn AS feedetl_sn
FROM hit h LEFT JOIN prescribed r ON r.line_id = h.line_id
LEFT JOIN inst i ON i.inst = r.inst AND r.day BETWEEN i.from_day AND i.to_day,
LATERAL (SELECT CASE WHEN h.kind = 2 THEN i.tier ELSE h.tier END AS tier) t
WHERE t.tier > 0 AND t.tier < h.need
