-- B005 单价超限价: price above the limit of the item at the institution's level and place on the fee day.
WITH RECURSIVE
pick AS MATERIALIZED (
  SELECT l.line_id, l.pers, l.visit_key, l.setl_key, l.mdtrt_id, l.sn, l.inst, l.item, l.clock, l.day, l.day_only, l.cnt, l.pric, l.inscope, l.init_sn
  FROM fee l
  JOIN (SELECT item, area, tier, from_day, to_day, price_limit + greatest(price_limit // 1000, 10000) AS highest FROM price) p ON p.item = l.item
  JOIN inst i ON i.inst = l.inst AND i.area = p.area AND i.tier = p.tier AND l.day BETWEEN i.from_day AND i.to_day
  WHERE l.pric > p.highest AND l.day BETWEEN p.from_day AND p.to_day
    AND NOT is_drug(l.list_type)
),
{net}
SELECT DISTINCT 'B005' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM line WHERE month = the_month()
