-- D005 跨机构短期重复: the same drug again within three days from another institution, by out-patients and pharmacies.
dispensed AS MATERIALIZED (
  SELECT l.line_id, l.pers, l.inst, l.clock, l.day, l.mdtrt_id, l.sn, l.month, d.generic, l.rxno, l.hi_rxno,
         l.hi_nego, coalesce(m.setting, 0) | coalesce(v.extra_setting, 0) AS setting, coalesce(v.referred, false) AS referred,
         l.cnt, l.gross, l.prd_days, l.sin_dos, l.sin_dosunt, l.used_frqu, l.item
  FROM line l JOIN drug d ON d.item = l.item AND NOT d.external
  LEFT JOIN visit v USING (visit_key)
  LEFT JOIN med_type m ON m.code = coalesce(v.med_type, l.setl_med_type)
  WHERE l.list_type IN (SELECT code FROM drug_101) AND NOT l.take_home AND (coalesce(m.setting, 0) | coalesce(v.extra_setting, 0)) & 1 = 0
    AND (l.dosform IS NULL OR l.dosform NOT IN (SELECT code FROM external_text))
    AND (l.medc_way IS NULL OR l.medc_way NOT IN (SELECT code FROM external_text))
),
-- again: pairs that nothing but the length of the first supply can excuse
again AS MATERIALIZED (
  SELECT u.line_id, u.mdtrt_id, u.sn, o.* RENAME (line_id AS first_line, mdtrt_id AS first_id, sn AS first_sn)
  FROM dispensed u JOIN dispensed o ON o.pers = u.pers AND o.generic = u.generic AND o.inst <> u.inst
   AND o.day <= u.day AND u.day - o.day < 3 AND (o.clock, o.mdtrt_id, o.sn) < (u.clock, u.mdtrt_id, u.sn)
  WHERE u.month = the_month() AND (u.setting | o.setting) & 2 = 0 AND NOT (u.hi_nego OR o.hi_nego) AND NOT (u.referred OR o.referred)
    AND (u.rxno = o.rxno) IS NOT TRUE AND (u.hi_rxno = o.hi_rxno) IS NOT TRUE
),
supplied AS (
  SELECT a.line_id, a.mdtrt_id, a.sn,
    CASE WHEN a.prd_days > 0 AND a.prd_days <= 3650000 THEN share(a.prd_days, a.cnt, a.gross) // 10000
         WHEN p.pac_cnt IS NULL OR coalesce(a.sin_dos, 0) <= 0 OR f.per_day IS NULL OR a.sin_dosunt IS NULL OR a.sin_dosunt <> p.prep_unit THEN NULL
         WHEN daily <= 0 THEN NULL
         WHEN p.ddd > 0 AND p.ddd_unit = a.sin_dosunt AND (daily * 5 < p.ddd OR daily > 5 * p.ddd) THEN NULL
         ELSE share(a.cnt, p.pac_cnt, 10000) // daily END AS days
  FROM again a
  LEFT JOIN inst i ON i.inst = a.inst AND a.day BETWEEN i.from_day AND i.to_day
  LEFT JOIN pack p ON p.item = a.item AND p.area = i.area AND a.day BETWEEN p.from_day AND p.to_day
  LEFT JOIN frequency f ON f.code = a.used_frqu,
  LATERAL (SELECT share(coalesce(a.sin_dos, 0), f.per_day, 10000) AS daily)
)
SELECT DISTINCT 'D005' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM supplied WHERE days IS NULL OR days < 0 OR days > 3
