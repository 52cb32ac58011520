-- A001 药品限性别: the person's sex on the fee day differs from the sex the drug is limited to.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT line_id, pers, visit_key, setl_key, mdtrt_id, sn, inst, item, clock, day, day_only, cnt, pric, inscope, init_sn
  FROM fee SEMI JOIN point_a001 USING (item)
),
{net},
hit AS MATERIALIZED (
  SELECT l.line_id, l.pers, l.visit_key, l.day, l.mdtrt_id, l.sn, p.sex, p.endocrine
  FROM line l JOIN point_a001 p ON p.item = l.item AND l.day BETWEEN p.from_day AND p.to_day
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day AND i.area = p.area
  WHERE l.month = the_month()
),
who AS (
  SELECT h.*, num(p.gend) AS gend,
         -- the certificate says another sex, and is the person's own
         coalesce(len(p.certno) = 18 AND substr(p.certno, 7, 8) = strftime(DATE '1970-01-01' + p.brdy, '%Y%m%d')
           AND (p.psn_cert_type IS NULL OR text_of(p.psn_cert_type) = '01')
           AND p.psn_no NOT IN (SELECT psn_no FROM person_link WHERE text_of(link_type) = '监护人证')
           AND (ascii(substr(p.certno, 17, 1)) % 2 = 0) = (num(p.gend) = 1), false) AS conflict
  FROM hit h JOIN person p USING (pers)
  QUALIFY row_number() OVER (PARTITION BY h.line_id, h.sex ORDER BY on_day(p.begndate, p.enddate, h.day) DESC, p.begndate DESC) = 1
),
diag AS (
  SELECT visit_key, diag_code AS code FROM diagnosis SEMI JOIN hit USING (visit_key)
  UNION SELECT visit_key, dscg_maindiag_code FROM visit SEMI JOIN hit USING (visit_key)
)
SELECT DISTINCT 'A001' AS rule_id, w.mdtrt_id, w.sn AS feedetl_sn
FROM who w LEFT JOIN visit v USING (visit_key)
WHERE w.gend IN (1, 2) AND NOT w.conflict AND w.sex <> w.gend AND NOT coalesce(v.newborn, false)
  AND NOT EXISTS (SELECT 1 FROM diag d JOIN diag_set s ON s.diag = d.code WHERE d.visit_key = w.visit_key
                  AND (s.name = 'Q56|F64' OR (s.name = 'C50' AND w.gend = 1 AND w.endocrine)))
