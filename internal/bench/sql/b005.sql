-- B005 单价超限价: price above the limit of the item at the institution's level and place on the fee day.
over AS (
  SELECT l.mdtrt_id, l.sn
  FROM line l
  JOIN inst i ON i.inst = l.inst AND l.day BETWEEN i.from_day AND i.to_day
  JOIN price p ON p.item = l.item AND p.area = i.area AND p.tier = i.tier AND l.day BETWEEN p.from_day AND p.to_day
  WHERE l.month = the_month() AND l.pric > p.price_limit + greatest(p.price_limit // 1000, 10000)
    AND (l.list_type IS NULL OR l.list_type NOT IN (SELECT code FROM drug_list))
)
SELECT DISTINCT 'B005' AS rule_id, mdtrt_id, sn AS feedetl_sn FROM over
