-- What every statement starts from: settlements and lines that count (规则口径 §一 2–5).
-- refund: settlements that reverse another, in the order in which they happened.
refund AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY pers ORDER BY clock, setl_id) AS k
  FROM settlement WHERE is_yes(refd_setl_flag)
),
-- partner: what each may reverse, best first: the one it names, else the latest earlier one of the visit with the
-- opposite total.
partner AS MATERIALIZED (
  SELECT r.pers, r.k, any_value(r.setl_key) AS setl_key,
         list(s.setl_key ORDER BY s.clock DESC, s.setl_id DESC) FILTER (s.setl_key IS NOT NULL) AS may
  FROM refund r
  LEFT JOIN settlement s
    ON s.pers = r.pers AND coalesce(s.refd_setl_flag, 0) NOT IN (SELECT code FROM yes)
   AND CASE WHEN r.init_setl_id <> '' THEN s.setl_id = r.init_setl_id
            ELSE s.visit_key = r.visit_key AND s.medfee_sumamt = -r.medfee_sumamt
                 AND (s.clock, s.setl_id) < (r.clock, r.setl_id) END
  GROUP BY r.pers, r.k
),
-- reversal: one refund after the other, for what is already out cannot go out again.
reversal AS (
  SELECT pers, 0::BIGINT AS k, []::BIGINT[] AS gone FROM refund WHERE k = 1
  UNION ALL
  SELECT v.pers, p.k, v.gone || [p.setl_key] || coalesce(list_filter(p.may, lambda x: NOT list_contains(v.gone, x))[:1], [])
  FROM reversal v JOIN partner p ON p.pers = v.pers AND p.k = v.k + 1
),
undone AS MATERIALIZED (
  SELECT DISTINCT unnest(gone) AS setl_key FROM (SELECT gone FROM reversal QUALIFY k = max(k) OVER (PARTITION BY pers))
),
live AS NOT MATERIALIZED (
  SELECT *, month_of(clock) AS month FROM settlement ANTI JOIN undone USING (setl_key)
),
-- minus: negative lines of visits, in line order; plus: the lines of those visits.
minus AS MATERIALIZED (
  SELECT line_id, visit_key, inst, item, pric, clock, cnt, coalesce(init_sn, '') AS init_sn,
         row_number() OVER (PARTITION BY visit_key ORDER BY clock, sn) AS k
  FROM negative ANTI JOIN undone USING (setl_key)
),
plus AS MATERIALIZED (
  SELECT visit_key, list({id: line_id, inst: inst, item: item, pric: pric, clock: clock, sn: sn} ORDER BY clock, sn) AS lines,
         list(cnt ORDER BY clock, sn) AS cnts
  FROM fee SEMI JOIN minus USING (visit_key) ANTI JOIN undone USING (setl_key)
  WHERE cnt > 0 GROUP BY visit_key
),
-- offsetting: negative lines one after the other; rest is what is left of each line of the visit.
offsetting AS (
  SELECT visit_key, 0::BIGINT AS k, cnts AS rest FROM plus
  UNION ALL
  SELECT visit_key, k, list_transform(rest, lambda q, i: CASE WHEN i = target THEN q + cnt ELSE q END)
  FROM (
    SELECT o.visit_key, m.k, o.rest, m.cnt,
           CASE WHEN named > 0 THEN CASE WHEN o.rest[named] >= -m.cnt THEN named ELSE 0 END
                ELSE coalesce(list_max(list_filter(range(1, len(o.rest) + 1), lambda i:
                     p.lines[i].item = m.item AND p.lines[i].pric = m.pric AND p.lines[i].clock <= m.clock AND o.rest[i] >= -m.cnt)), 0)
           END AS target
    FROM offsetting o JOIN minus m ON m.visit_key = o.visit_key AND m.k = o.k + 1
    JOIN plus p ON p.visit_key = o.visit_key,
    LATERAL (SELECT CASE WHEN m.init_sn = '' THEN 0 ELSE coalesce(list_min(list_filter(range(1, len(o.rest) + 1), lambda i:
             p.lines[i].sn = m.init_sn AND p.lines[i].inst = m.inst)), 0) END AS named)
  )
),
taken AS MATERIALIZED (
  SELECT p.lines[i].id AS line_id, o.rest[i] AS net
  FROM (SELECT * FROM offsetting QUALIFY k = max(k) OVER (PARTITION BY visit_key)) o
  JOIN plus p USING (visit_key), unnest(range(1, len(o.rest) + 1)) AS u(i)
  WHERE o.rest[i] <> p.cnts[i]
),
-- line: what is left, with its in-scope money for the net quantity and the month of its settlement (0 = not settled).
line AS NOT MATERIALIZED (
  SELECT f.* REPLACE (coalesce(t.net, f.cnt) AS cnt,
                      CASE WHEN t.net IS NULL THEN f.inscope ELSE share(f.inscope, t.net, f.cnt) END AS inscope),
         f.cnt AS gross, coalesce(s.month, 0) AS month, s.fund_pay_sumamt AS fund, s.med_type AS setl_med_type
  FROM fee f ANTI JOIN undone USING (setl_key)
  LEFT JOIN taken t USING (line_id)
  LEFT JOIN live s ON s.setl_key = f.setl_key
  WHERE f.cnt > 0 AND f.inscope > 0 AND (t.net IS NULL OR (t.net > 0 AND share(f.inscope, t.net, f.cnt) > 0))
)
