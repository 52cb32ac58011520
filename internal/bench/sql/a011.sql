-- A011 药品限就医方式: none of the ways of care the visit counts as is allowed.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn
  FROM fee SEMI JOIN point_a011 USING (item)
),
{net},
hit AS MATERIALIZED (
  SELECT l.visit_key, l.mdtrt_id, l.sn, p.allow, l.setl_med_type
  FROM line l JOIN point_a011 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  WHERE l.month = the_month()
)
SELECT DISTINCT 'A011' AS rule_id, h.mdtrt_id, h.sn AS feedetl_sn
FROM hit h LEFT JOIN visit v USING (visit_key)
LEFT JOIN med_type m ON m.code = coalesce(v.med_type, h.setl_med_type),
LATERAL (SELECT coalesce(m.setting, 0) | coalesce(v.extra_setting, 0) AS setting) s
WHERE s.setting <> 0 AND s.setting & h.allow = 0
