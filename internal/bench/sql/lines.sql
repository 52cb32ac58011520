,
-- minus: negative lines in line order, plus: the lines of their visits. A line is taken back by lines of its own item,
-- so that the picked items suffice.
kept AS NOT MATERIALIZED (SELECT * FROM pick ANTI JOIN undone USING (setl_key)),
minus AS MATERIALIZED (
  SELECT line_id, visit_key, inst, item, pric, clock, cnt, coalesce(init_sn, '') AS init_sn,
         row_number() OVER (PARTITION BY visit_key ORDER BY clock, sn) AS k
  FROM kept WHERE cnt < 0
),
plus AS MATERIALIZED (
  SELECT visit_key, list({id: line_id, inst: inst, item: item, pric: pric, clock: clock, sn: sn} ORDER BY clock, sn) AS lines,
         list(cnt ORDER BY clock, sn) AS cnts
  FROM kept SEMI JOIN minus USING (visit_key) WHERE cnt > 0 GROUP BY visit_key
),
-- offsetting: negative lines one after the other; rest is what is left of each line of the visit.
offsetting AS (
  SELECT visit_key, 0::BIGINT AS k, cnts AS rest FROM plus
  UNION ALL
  SELECT visit_key, k, list_transform(rest, lambda q, i: CASE WHEN i = target THEN q + cnt ELSE q END)
  FROM (
    SELECT visit_key, k, rest, cnt,
           CASE WHEN named > 0 THEN CASE WHEN rest[named] >= -cnt THEN named ELSE 0 END
                ELSE coalesce(list_max(list_filter(range(1, len(rest) + 1), lambda i:
                     lines[i].item = item AND lines[i].pric = pric AND lines[i].clock <= clock AND rest[i] >= -cnt)), 0)
           END AS target
    FROM (
      SELECT o.visit_key, m.k, o.rest, m.cnt, m.item, m.pric, m.clock, p.lines,
             CASE WHEN m.init_sn = '' THEN 0 ELSE coalesce(list_min(list_filter(range(1, len(o.rest) + 1), lambda i:
                  p.lines[i].sn = m.init_sn AND p.lines[i].inst = m.inst)), 0) END AS named
      FROM offsetting o JOIN minus m ON m.visit_key = o.visit_key AND m.k = o.k + 1 JOIN plus p ON p.visit_key = o.visit_key
    )
  )
),
taken AS MATERIALIZED (
  SELECT p.lines[i].id AS line_id, o.rest[i] AS net
  FROM (SELECT * FROM offsetting QUALIFY k = max(k) OVER (PARTITION BY visit_key)) o
  JOIN plus p USING (visit_key), unnest(range(1, len(o.rest) + 1)) AS u(i)
  WHERE o.rest[i] <> p.cnts[i]
),
-- line: what is left, with its in-scope money for the net quantity and the month of its settlement (0 = not settled).
line AS MATERIALIZED (
  SELECT f.* REPLACE (coalesce(t.net, f.cnt) AS cnt,
                      CASE WHEN t.net IS NULL THEN f.inscope ELSE share(f.inscope, t.net, f.cnt) END AS inscope),
         f.cnt AS gross, coalesce(s.month, 0) AS month, s.fund_pay_sumamt AS fund, s.med_type AS setl_med_type
  FROM kept f LEFT JOIN taken t USING (line_id) LEFT JOIN live s ON s.setl_key = f.setl_key
  WHERE f.cnt > 0 AND f.inscope > 0 AND (t.net IS NULL OR (t.net > 0 AND share(f.inscope, t.net, f.cnt) > 0))
)
