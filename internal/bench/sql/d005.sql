-- D005 跨机构短期重复: the same drug again within three days from another institution, by out-patients and pharmacies.
WITH RECURSIVE
drugs AS MATERIALIZED (
  SELECT f.line_id, f.pers, f.visit_key, f.setl_key, f.mdtrt_id, f.sn, f.inst, f.item, f.clock, f.day, f.day_only, f.cnt, f.pric, f.inscope, f.init_sn,
         f.rxno, f.hi_rxno, f.hi_nego, f.prd_days, f.sin_dos, f.sin_dosunt, f.used_frqu, d.generic
  FROM fee f JOIN drug d ON d.item = f.item AND NOT d.external
  WHERE is_101(f.list_type) AND NOT f.take_home
    AND (f.dosform IS NULL OR f.dosform NOT IN (SELECT code FROM external_text))
    AND (f.medc_way IS NULL OR f.medc_way NOT IN (SELECT code FROM external_text))
),
-- pick: not those given in hospital
pick AS MATERIALIZED (
  SELECT d.*, v.med_type, coalesce(v.extra_setting, 0) AS extra_setting, coalesce(v.referred, false) AS referred
  FROM drugs d LEFT JOIN visit v ON v.visit_key = d.visit_key
  WHERE v.med_type IS NULL OR (v.extra_setting & 1 = 0 AND v.med_type NOT IN (SELECT code FROM med_type WHERE setting & 1 = 1))
),
{net},
dispensed AS MATERIALIZED (
  SELECT l.*, coalesce(m.setting, 0) | l.extra_setting AS setting
  FROM line l LEFT JOIN med_type m ON m.code = coalesce(l.med_type, l.setl_med_type)
  WHERE coalesce(m.setting, 0) & 1 = 0
),
-- again: pairs that nothing but the length of the first supply can excuse
again AS MATERIALIZED (
  SELECT u.line_id, u.mdtrt_id, u.sn, o.inst, o.day, o.item, o.cnt, o.gross, o.prd_days, o.sin_dos, o.sin_dosunt, o.used_frqu
  FROM dispensed u JOIN dispensed o ON o.pers = u.pers AND o.generic = u.generic AND o.inst <> u.inst
   AND u.day - o.day BETWEEN 0 AND 2
   AND (o.clock < u.clock OR (o.clock = u.clock AND (o.mdtrt_id < u.mdtrt_id OR (o.mdtrt_id = u.mdtrt_id AND o.sn < u.sn))))
  WHERE u.month = the_month() AND (u.setting | o.setting) & 2 = 0 AND NOT (u.hi_nego OR o.hi_nego) AND NOT (u.referred OR o.referred)
    AND (u.rxno = o.rxno) IS NOT TRUE AND (u.hi_rxno = o.hi_rxno) IS NOT TRUE
),
dosed AS (
  SELECT a.*, p.pac_cnt, p.prep_unit, p.ddd, p.ddd_unit, share(greatest(a.sin_dos, 0), f.per_day, 10000) AS daily
  FROM again a
  LEFT JOIN inst i ON i.inst = a.inst AND a.day BETWEEN i.from_day AND i.to_day
  LEFT JOIN pack p ON p.item = a.item AND p.area = i.area AND a.day BETWEEN p.from_day AND p.to_day
  LEFT JOIN frequency f ON f.code = a.used_frqu
),
supplied AS (
  SELECT line_id, mdtrt_id, sn,
    CASE WHEN prd_days > 0 AND prd_days <= 3650000 THEN share(prd_days, cnt, gross) // 10000
         WHEN pac_cnt IS NULL OR coalesce(daily, 0) <= 0 OR sin_dosunt IS NULL OR sin_dosunt <> prep_unit THEN NULL
         WHEN ddd > 0 AND ddd_unit = sin_dosunt AND (daily * 5 < ddd OR daily > 5 * ddd) THEN NULL
         ELSE share(cnt, pac_cnt, 10000) // daily END AS days
  FROM dosed
)
SELECT DISTINCT 'D005' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM supplied WHERE days IS NULL OR days > 3
