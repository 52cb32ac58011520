-- A003 药品儿童专用: eighteen or older on the fee day, and the fund paid.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn
  FROM fee SEMI JOIN point_a003 USING (item)
),
{net},
hit AS MATERIALIZED (
  SELECT l.line_id, l.pers, l.visit_key, l.day, l.mdtrt_id, l.sn, p.pt
  FROM line l JOIN point_a003 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  WHERE l.month = the_month() AND l.fund > 0
),
who AS (
  SELECT h.*, p.brdy FROM hit h JOIN person p USING (pers)
  QUALIFY row_number() OVER (PARTITION BY h.line_id, h.pt ORDER BY on_day(p.begndate, p.enddate, h.day) DESC, p.begndate DESC) = 1
),
diag AS (
  SELECT visit_key, diag_code AS code FROM diagnosis SEMI JOIN hit USING (visit_key)
  UNION SELECT visit_key, dscg_maindiag_code FROM visit SEMI JOIN hit USING (visit_key)
)
SELECT DISTINCT 'A003' AS rule_id, w.mdtrt_id, w.sn AS feedetl_sn
FROM who w
WHERE age_on(w.brdy, w.day) >= 18
  -- paid from the family account
  AND w.visit_key NOT IN (SELECT visit_key FROM live WHERE acct_mulaid_pay > 0 AND fund_pay_sumamt = 0)
  AND NOT EXISTS (SELECT 1 FROM diag d JOIN point_diag s ON s.diag = d.code WHERE d.visit_key = w.visit_key AND s.pt = w.pt)
