-- The approved views, from the lake's files. Times are microseconds whose lowest bit says that only the day is known; a second
-- that nobody knows is NULL. Opaque keys (terminals, addresses, agents) are salted hashes.
CREATE MACRO day_of(c) AS CAST(c // 86400000000 AS INTEGER);
CREATE MACRO second_of(c) AS CASE WHEN c & 1 = 1 THEN NULL ELSE c // 1000000 END;
CREATE MACRO month_of(d) AS CAST(year(DATE '1970-01-01' + d) * 12 + month(DATE '1970-01-01' + d) - 1 AS INTEGER);
CREATE MACRO key_of(s) AS CASE WHEN s IS NULL OR s = '' THEN NULL ELSE CAST(hash(s || {salt}) >> 1 AS BIGINT) END;
CREATE MACRO num_of(c) AS (SELECT n FROM code_list k WHERE k.code = c);
CREATE MACRO yes(c) AS coalesce(c IN (SELECT code FROM code_list WHERE n = 1), false);

CREATE TABLE inst AS
SELECT i.fixmedins_code AS inst, CAST(coalesce(kd.n, 1) AS INTEGER) AS kind, CAST(coalesce(lv.level, 0) AS INTEGER) AS level, i.medins_cate AS cate,
       i.admdvs AS area, i.bed_cnt AS beds, nullif(i.group_no, 0) AS grp, i.lon, i.lat
FROM (SELECT *, row_number() OVER (PARTITION BY fixmedins_code ORDER BY begndate DESC NULLS LAST) AS k FROM raw_institution) i
LEFT JOIN code_list kd ON kd.code = i.fixmedins_type LEFT JOIN level_code lv ON lv.code = i.hosp_lv
WHERE k = 1;
CREATE TABLE place AS
SELECT area, CAST(avg(lon) AS BIGINT) AS lon, CAST(avg(lat) AS BIGINT) AS lat FROM inst WHERE lon IS NOT NULL AND lat IS NOT NULL GROUP BY area;

CREATE TEMP TABLE who AS
SELECT *, row_number() OVER (PARTITION BY pers ORDER BY begndate DESC NULLS LAST) AS k FROM raw_person;
CREATE TABLE person AS
SELECT CAST(w.pers AS INTEGER) AS person, CAST(g.n AS INTEGER) AS sex, w.brdy AS born, CAST(t.n AS INTEGER) AS insutype, w.insu_admdvs AS area, w.addr_admdvs AS addr_area,
       key_of(w.addr) AS addr, key_of(w.emp_no) AS unit
FROM who w LEFT JOIN code_list g ON g.code = w.gend LEFT JOIN code_list t ON t.code = w.insutype WHERE k = 1;
CREATE TEMP TABLE cert AS
SELECT certno, CAST(min(pers) AS INTEGER) AS person, min(insu_admdvs) AS area FROM who WHERE length(certno) = 18 GROUP BY certno HAVING count(DISTINCT pers) = 1;
CREATE TABLE staff AS
SELECT p.prac_psn_code AS doctor, p.fixmedins_code AS inst, min(p.dept_codg) AS dept, CAST(min(t.n) AS INTEGER) AS type, min(c.person) AS person
FROM raw_practitioner p LEFT JOIN code_list t ON t.code = p.prac_psn_type LEFT JOIN cert c ON c.certno = p.certno
GROUP BY p.prac_psn_code, p.fixmedins_code;

CREATE TEMP TABLE gone AS
WITH r AS (SELECT setl_key, visit_key, setl_id, init_setl_id, medfee_sumamt, setl_time FROM raw_settlement WHERE yes(refd_setl_flag) OR medfee_sumamt < 0),
u AS (SELECT visit_key, -medfee_sumamt AS fee, row_number() OVER (PARTITION BY visit_key, medfee_sumamt ORDER BY setl_time) AS k FROM r WHERE init_setl_id IS NULL OR init_setl_id = ''),
o AS (SELECT s.setl_key, s.visit_key, s.medfee_sumamt AS fee, row_number() OVER (PARTITION BY s.visit_key, s.medfee_sumamt ORDER BY s.setl_time DESC) AS k
      FROM raw_settlement s WHERE s.visit_key IN (SELECT visit_key FROM u) AND s.setl_key NOT IN (SELECT setl_key FROM r))
SELECT setl_key FROM r
UNION SELECT s.setl_key FROM raw_settlement s JOIN r ON r.init_setl_id = s.setl_id WHERE r.init_setl_id <> ''
UNION SELECT o.setl_key FROM o JOIN u ON u.visit_key = o.visit_key AND u.fee = o.fee AND u.k = o.k;

CREATE TEMP TABLE pay AS
SELECT s.setl_key AS setl, s.visit_key AS visit, CAST(s.pers AS INTEGER) AS person, s.fixmedins_code AS inst, coalesce(m.setting, 1) AS setting, CAST(t.n AS INTEGER) AS insutype,
       s.insu_admdvs AS area, day_of(s.setl_time) AS day, second_of(s.setl_time) AS t, s.medfee_sumamt AS fee, coalesce(s.fund_pay_sumamt, 0) AS fund,
       coalesce(s.acct_pay, 0) AS acct, coalesce(s.acct_mulaid_pay, 0) AS mulaid, coalesce(s.psn_cash_pay, 0) AS cash, key_of(s.dev_no) AS dev,
       key_of(CASE WHEN s.opter IS NULL OR s.opter = '' THEN NULL ELSE s.fixmedins_code || ':' || s.opter END) AS opter, s.setl_id
FROM raw_settlement s LEFT JOIN med m ON m.code = s.med_type LEFT JOIN code_list t ON t.code = s.insutype
WHERE s.setl_key NOT IN (SELECT setl_key FROM gone);
CREATE TABLE setl AS
SELECT setl, visit, person, inst, CAST(setting AS INTEGER) AS setting, insutype, area, day, t, month_of(day) AS month, fee, fund, acct, mulaid, cash, dev, opter
FROM pay ORDER BY inst, day;

CREATE TABLE visit AS
SELECT v.visit_key AS visit, CAST(v.pers AS INTEGER) AS person, v.fixmedins_code AS inst, CAST(CASE WHEN yes(v.er_flag) AND coalesce(m.setting, 1) = 1 THEN 5 ELSE coalesce(m.setting, 1) END AS INTEGER) AS setting,
       CAST(t.n AS INTEGER) AS insutype, v.insu_admdvs AS area, day_of(v.begntime) AS day_in, CASE WHEN v.endtime // 86400000000 < 2567655 THEN day_of(v.endtime) END AS day_out,
       second_of(v.begntime) AS t_in, CASE WHEN v.endtime // 86400000000 < 2567655 THEN second_of(v.endtime) END AS t_out, month_of(day_of(v.begntime)) AS month,
       nullif(v.adm_dept_codg, 0) AS dept, nullif(v.atddr_no, 0) AS doctor, nullif(v.wardarea_codg, 0) AS ward, nullif(v.bedno, 0) AS bed, nullif(v.dscg_maindiag_code, 0) AS diag,
       d.diag3 AS diag3, nullif(v.dise_codg, 0) AS dise, CAST(aw.n AS INTEGER) AS adm_way, CAST(ow.n AS INTEGER) AS out_way, key_of(v.agnt_certno) AS agent,
       CAST(CASE WHEN v.mdtrt_mode IN (SELECT code FROM code_list WHERE internet) THEN 1 ELSE 0 END AS INTEGER) AS net, CAST(yes(v.er_flag) AS INTEGER) AS er,
       CAST(yes(v.resc_flag) AS INTEGER) AS resc, CAST(yes(v.day_surg_flag) AS INTEGER) AS daysurg, CAST(yes(v.plan_readm_flag) AS INTEGER) AS plan,
       CASE WHEN co.visit_key IS NULL AND NOT coalesce(d.course, false) THEN 0 ELSE 1 END AS course,
       p.fee AS fee, p.fund AS fund
FROM raw_visit v LEFT JOIN med m ON m.code = v.med_type LEFT JOIN code_list t ON t.code = v.insutype LEFT JOIN code_diag d ON d.diag = v.dscg_maindiag_code
LEFT JOIN code_list aw ON aw.code = v.adm_way LEFT JOIN code_list ow ON ow.code = v.dscg_way
LEFT JOIN (SELECT DISTINCT g.visit_key FROM raw_diagnosis g JOIN code_diag k ON k.diag = g.diag_code AND k.course) co ON co.visit_key = v.visit_key
LEFT JOIN (SELECT visit, CAST(sum(fee) AS BIGINT) AS fee, CAST(sum(fund) AS BIGINT) AS fund FROM pay GROUP BY visit) p ON p.visit = v.visit_key
WHERE p.visit IS NOT NULL OR v.visit_key NOT IN (SELECT visit_key FROM raw_settlement WHERE visit_key IS NOT NULL)
ORDER BY inst, day_in;
CREATE TABLE visit_id AS SELECT visit_key AS visit, mdtrt_id FROM raw_visit;

CREATE TABLE item AS
SELECT c.hilist_code AS item, nullif(c.generic_name, 0) AS generic, nullif(c.atc, 0) AS atc, CAST(l.n AS INTEGER) AS ltype, CAST(yes(c.vbp_flag) AS INTEGER) AS vbp,
       CAST(yes(c.nego_flag) AS INTEGER) AS nego, CAST(yes(c.otc_flag) AS INTEGER) AS otc, CAST(yes(c.rx_flag) AS INTEGER) AS rx,
       CAST(CASE WHEN c.dosform IN (SELECT code FROM code_text WHERE shot) OR c.medc_way IN (SELECT code FROM code_text WHERE shot) THEN 1 ELSE 0 END AS INTEGER) AS shot
FROM (SELECT *, row_number() OVER (PARTITION BY hilist_code ORDER BY begndate DESC NULLS LAST, admdvs) AS k FROM raw_catalogue) c
LEFT JOIN code_list l ON l.code = c.list_type WHERE k = 1;

CREATE TABLE item_name AS
SELECT hilist_code AS item, CAST(min(hilist_name) AS INTEGER) AS name FROM raw_fee WHERE hilist_name > 0 GROUP BY hilist_code;

CREATE TABLE line AS
SELECT CAST(row_number() OVER () AS BIGINT) AS line, f.visit_key AS visit, f.setl_key AS setl, CAST(f.pers AS INTEGER) AS person, f.fixmedins_code AS inst,
       coalesce(cm.item, f.hilist_code) AS item,
       CAST(l.n AS INTEGER) AS ltype, CAST(c.n AS INTEGER) AS chrg, day_of(f.fee_ocur_time) AS day, second_of(f.fee_ocur_time) AS t, month_of(day_of(f.fee_ocur_time)) AS month,
       f.cnt, f.pric AS price, f.det_item_fee_sumamt AS amt,
       greatest(coalesce(f.inscp_scp_amt, f.det_item_fee_sumamt - coalesce(f.fulamt_ownpay_amt, 0) - coalesce(f.overlmt_amt, 0) - coalesce(f.preselfpay_amt, 0)), CASE WHEN f.cnt < 0 THEN -9000000000000 ELSE 0 END) AS inscope,
       nullif(f.bilg_dept_codg, 0) AS dept, coalesce(nullif(f.bilg_dr_codg, 0), nullif(f.orders_dr_code, 0)) AS doctor, nullif(f.exec_psn_code, 0) AS staff
FROM raw_fee f LEFT JOIN code_list l ON l.code = f.list_type LEFT JOIN code_list c ON c.code = f.med_chrgitm_type LEFT JOIN code_item cm ON cm.code = f.hilist_code
WHERE f.setl_key IS NULL OR f.setl_key NOT IN (SELECT setl_key FROM gone);

CREATE TABLE naming AS
SELECT f.fixmedins_code AS inst, f.hilist_code AS item, o.text AS own_name, s.text AS std_name,
       CAST(round(jaccard(o.text, s.text) * 10000) AS INTEGER) AS sim, min(day_of(f.fee_ocur_time)) AS first_day, count(*) AS n,
       CAST(sum(f.det_item_fee_sumamt) AS BIGINT) AS amt
FROM raw_fee f JOIN code_text o ON o.code = f.medins_list_name JOIN code_text s ON s.code = f.hilist_name
WHERE f.medins_list_name > 0 AND f.hilist_name > 0
GROUP BY f.fixmedins_code, f.hilist_code, o.text, s.text;

CREATE TABLE diag AS
SELECT d.visit_key AS visit, d.diag_code AS diag, c.diag3, CAST(yes(d.maindiag_flag) AS INTEGER) AS main FROM raw_diagnosis d LEFT JOIN code_diag c ON c.diag = d.diag_code;
CREATE TABLE oper AS
SELECT o.visit_key AS visit, o.oprn_oprt_code AS oper, second_of(o.oprn_oprt_begntime) AS t0, second_of(o.oprn_oprt_endtime) AS t1, nullif(o.oper_dr_code, 0) AS doctor, t.text AS oper_name
FROM raw_operation o LEFT JOIN code_text t ON t.code = o.oprn_oprt_name;
CREATE TABLE implant AS
SELECT visit_key AS visit, fixmedins_code AS inst, nullif(hilist_code, 0) AS item, key_of(udi) AS udi, second_of(used_time) AS t FROM raw_implant;
CREATE TABLE lab AS
SELECT visit_key AS visit, CAST(pers AS INTEGER) AS person, fixmedins_code AS inst, key_of(rpotc_no) AS report, item_code AS item,
       CASE WHEN rslt_val IS NULL OR rslt_val = '' THEN NULL ELSE CAST(hash(rslt_val) >> 1 AS BIGINT) END AS val, day_of(sapl_time) AS day, second_of(sapl_time) AS t FROM raw_lab;
CREATE TABLE exam AS
SELECT visit_key AS visit, CAST(pers AS INTEGER) AS person, fixmedins_code AS inst, key_of(rpotc_no) AS report, nullif(hilist_code, 0) AS item, nullif(exam_part, 0) AS part,
       day_of(exam_time) AS day, second_of(exam_time) AS t, nullif(exam_dr_code, 0) AS doctor, key_of(device_no) AS device, key_of(image_hash) AS image, image_count AS images FROM raw_exam;
CREATE TABLE exec AS
SELECT visit_key AS visit, fixmedins_code AS inst, nullif(hilist_code, 0) AS item, day_of(exec_time) AS day, second_of(exec_time) AS t, exec_cnt AS cnt, nullif(exec_psn_code, 0) AS staff FROM raw_exec;
CREATE TABLE note AS
SELECT visit_key AS visit, CAST(pers AS INTEGER) AS person, fixmedins_code AS inst, CAST(hash(mdtrt_id || ':' || doc_no || {salt}) >> 1 AS BIGINT) AS note, nullif(doc_type, 0) AS kind, day_of(doc_time) AS day, nullif(dr_code, 0) AS doctor, content AS body
FROM raw_record WHERE content IS NOT NULL AND content <> '';
CREATE TABLE order_text AS
SELECT o.visit_key AS visit, CAST(o.pers AS INTEGER) AS person, o.fixmedins_code AS inst, nullif(o.hilist_code, 0) AS item, day_of(o.drord_begn_date) AS day, t.text AS body
FROM raw_medorder o JOIN code_text t ON t.code = o.drord_item_name WHERE o.drord_item_name > 0;
CREATE TABLE chronic AS
SELECT CAST(c.pers AS INTEGER) AS person, c.dise_codg AS dise, c.begndate AS day_from, c.enddate AS day_to, nullif(c.idet_dr_code, 0) AS doctor, c.idet_date AS day_idet,
       CAST(CASE WHEN c.review_stas IN (SELECT code FROM code_list WHERE failed) THEN 0 ELSE 1 END AS INTEGER) AS passed FROM raw_chronic c;
CREATE TABLE proof AS
SELECT CAST(pers AS INTEGER) AS person, dise_codg AS dise, CAST(hash(psn_no || ':' || dise_codg || ':' || doc_no || {salt}) >> 1 AS BIGINT) AS proof, key_of(digest) AS digest, day_of(doc_time) AS day, nullif(idet_dr_code, 0) AS doctor, content AS body
FROM raw_chronic_proof;
CREATE TABLE rx AS
SELECT key_of(coalesce(nullif(hi_rxno, ''), fixmedins_code || ':' || rxno)) AS rx, CAST(pers AS INTEGER) AS person, fixmedins_code AS inst, nullif(prsc_dr_code, 0) AS doctor, day_of(prsc_time) AS day, second_of(prsc_time) AS t, nullif(diag_code, 0) AS diag
FROM raw_prescription;
CREATE TABLE pickup AS
SELECT key_of(f.hi_rxno) AS rx, CAST(f.pers AS INTEGER) AS person, f.fixmedins_code AS shop, r.prsc_dr_code AS doctor, r.fixmedins_code AS inst, coalesce(cm.item, f.hilist_code) AS item,
       day_of(f.fee_ocur_time) AS day, f.cnt, f.pric AS price, f.det_item_fee_sumamt AS amt, key_of(v.agnt_certno) AS taker, c.area AS taker_area
FROM (SELECT * FROM raw_fee WHERE hi_rxno IS NOT NULL AND hi_rxno <> '') f
JOIN inst i ON i.inst = f.fixmedins_code AND i.kind = 2
JOIN (SELECT hi_rxno, min(fixmedins_code) AS fixmedins_code, nullif(min(prsc_dr_code), 0) AS prsc_dr_code FROM raw_prescription WHERE hi_rxno <> '' GROUP BY hi_rxno) r ON r.hi_rxno = f.hi_rxno
LEFT JOIN raw_visit v ON v.visit_key = f.visit_key LEFT JOIN cert c ON c.certno = v.agnt_certno LEFT JOIN code_item cm ON cm.code = f.hilist_code
WHERE f.setl_key IS NULL OR f.setl_key NOT IN (SELECT setl_key FROM gone);
CREATE TABLE receipt AS
SELECT r.fixmedins_code AS inst, p.setl, key_of(r.receipt_no) AS receipt, CAST(r.line_no AS INTEGER) AS line, t.text AS goods, CAST(CASE WHEN yes(r.med_flag) THEN 1 ELSE 0 END AS INTEGER) AS medical, day_of(r.recp_time) AS day, r.amt
FROM raw_receipt r LEFT JOIN pay p ON p.setl_id = r.setl_id LEFT JOIN code_text t ON t.code = r.goods_name;
-- Boxes: the parts of a code field, cleaned of blanks; what is shorter than ten characters or a product's bar code names no box.
CREATE MACRO box_codes(s) AS list_filter([upper(regexp_replace(x, '[ \t-]', '', 'g')) for x in string_split_regex(s, '[|｜\n\r]')], x -> length(x) >= 10 AND NOT regexp_full_match(x, '69[0-9]{11}'));
CREATE TEMP TABLE coded AS
SELECT f.setl_key AS setl, CAST(f.pers AS INTEGER) AS person, f.fixmedins_code AS inst, coalesce(cm.item, f.hilist_code) AS item, f.fee_ocur_time AS tm, f.det_item_fee_sumamt AS amt,
       yes(f.trdn_flag) AS part, box_codes(f.drug_trac_codg) AS codes
FROM raw_fee f LEFT JOIN code_item cm ON cm.code = f.hilist_code
WHERE f.cnt > 0 AND f.drug_trac_codg <> '' AND f.setl_key IS NOT NULL AND f.setl_key NOT IN (SELECT setl_key FROM gone);
CREATE TABLE box AS
SELECT CAST(hash(c || {salt}) >> 1 AS BIGINT) AS box, setl, person, inst, item, day_of(tm) AS day, second_of(tm) AS t, CAST(CASE WHEN part THEN 1 ELSE 0 END AS INTEGER) AS part, amt
FROM (SELECT setl, person, inst, item, tm, part, amt, unnest(codes) AS c FROM coded) x;
-- Due from 1 July 2025: western and patent medicines but what the catalogue exempts, parts of packs inside hospitals, and stock without codes.
CREATE TEMP TABLE told AS SELECT DISTINCT p.setl, coalesce(cm.item, s.med_list_codg) AS item FROM raw_sale s JOIN pay p ON p.setl_id = s.setl_id LEFT JOIN code_item cm ON cm.code = s.med_list_codg
WHERE len(box_codes(s.drug_trac_codg)) > 0;
CREATE TABLE due AS
SELECT visit, inst, day, month, item, CAST(boxes AS BIGINT) AS boxes, CAST(CASE WHEN n > 0 THEN n WHEN told THEN boxes ELSE 0 END AS BIGINT) AS scanned, amt
FROM (SELECT f.visit_key AS visit, f.fixmedins_code AS inst, month_of(day_of(f.fee_ocur_time)) AS month, coalesce(cm.item, f.hilist_code) AS item, coalesce(len(box_codes(f.drug_trac_codg)), 0) AS n,
             greatest(1, coalesce(len(box_codes(f.drug_trac_codg)), 0)) AS boxes, t.setl IS NOT NULL AS told, f.det_item_fee_sumamt AS amt, day_of(f.fee_ocur_time) AS day,
             yes(f.trdn_flag) AS part, i.kind AS kind
      FROM raw_fee f JOIN code_list l ON l.code = f.list_type AND l.n = 101 LEFT JOIN inst i ON i.inst = f.fixmedins_code LEFT JOIN code_item cm ON cm.code = f.hilist_code
      LEFT JOIN told t ON t.setl = f.setl_key AND t.item = coalesce(cm.item, f.hilist_code)
      WHERE f.cnt > 0 AND f.setl_key IS NOT NULL AND f.setl_key NOT IN (SELECT setl_key FROM gone)) d
WHERE day >= 20270 AND NOT (part AND kind = 1) AND item NOT IN (SELECT hilist_code FROM raw_catalogue WHERE yes(trac_exempt))
  AND NOT (n = 0 AND EXISTS (SELECT 1 FROM raw_nocode_stock k WHERE k.fixmedins_code = d.inst AND k.med_list_codg = d.item AND coalesce(k.begndate, d.day) <= d.day AND coalesce(k.enddate, d.day) >= d.day));
CREATE TABLE ecode AS
SELECT CAST(pers AS INTEGER) AS person, key_of(dev_id) AS device, day_of(use_time) AS day, second_of(use_time) AS t, CAST(k.n AS INTEGER) AS act FROM raw_ecode e LEFT JOIN code_list k ON k.code = e.use_type;
CREATE TABLE attend AS
SELECT prac_psn_code AS doctor, fixmedins_code AS inst, second_of(begntime) AS t0, second_of(endtime) AS t1 FROM raw_duty;
CREATE TABLE calendar AS SELECT day, dow, rest, holiday, month_of(day) AS month FROM days;
CREATE TABLE snapshot_note AS SELECT {snapshot} AS snapshot, (SELECT min(day) FROM setl) AS first_day, (SELECT max(day) FROM setl) AS last_day;
