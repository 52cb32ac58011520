-- What every statement needs of its picked lines: settlements and quantities that count (规则口径 §一 2–5).
-- refund: settlements that reverse another, in the order in which they happened.
refund AS MATERIALIZED (
  SELECT pers, visit_key, setl_key, setl_id, clock, medfee_sumamt, init_setl_id,
         row_number() OVER (PARTITION BY pers ORDER BY clock, setl_id) AS k
  FROM settlement WHERE is_refund
),
-- partner: what each may reverse, best first: the one it names, else the latest earlier one of the visit with the
-- opposite total.
partner AS MATERIALIZED (
  SELECT pers, k, any_value(refund_key) AS refund_key,
         list(setl_key ORDER BY clock DESC, setl_id DESC) FILTER (setl_key IS NOT NULL) AS may
  FROM (
    SELECT r.pers, r.k, r.setl_key AS refund_key, s.setl_key, s.clock, s.setl_id
    FROM refund r LEFT JOIN settlement s ON s.setl_id = r.init_setl_id AND s.pers = r.pers AND NOT s.is_refund
    WHERE r.init_setl_id <> ''
    UNION ALL
    SELECT r.pers, r.k, r.setl_key, s.setl_key, s.clock, s.setl_id
    FROM refund r LEFT JOIN settlement s ON s.visit_key = r.visit_key AND s.medfee_sumamt = -r.medfee_sumamt AND NOT s.is_refund
     AND (s.clock < r.clock OR (s.clock = r.clock AND s.setl_id < r.setl_id))
    WHERE r.init_setl_id = ''
  ) GROUP BY pers, k
),
-- reversal: one refund after the other, for what is already out cannot go out again.
reversal AS (
  SELECT pers, 0::BIGINT AS k, []::BIGINT[] AS gone FROM refund WHERE k = 1
  UNION ALL
  SELECT v.pers, p.k, v.gone || [p.refund_key] || coalesce(list_filter(p.may, lambda x: NOT list_contains(v.gone, x))[:1], [])
  FROM reversal v JOIN partner p ON p.pers = v.pers AND p.k = v.k + 1
),
undone AS MATERIALIZED (
  SELECT DISTINCT unnest(gone) AS setl_key FROM (SELECT gone FROM reversal QUALIFY k = max(k) OVER (PARTITION BY pers))
),
live AS NOT MATERIALIZED (
  SELECT *, month_of(clock) AS month FROM settlement ANTI JOIN undone USING (setl_key)
){lines}
