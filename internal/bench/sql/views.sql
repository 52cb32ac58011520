-- Names for the columns of the lake and the arithmetic of the facts. Times are microseconds whose lowest bit says that only the day
-- is known, days count from 1970-01-01, months are year × 12 + month − 1, money is fen, quantities are 1/10 000.
CREATE MACRO the_month() AS {month};
CREATE MACRO last_day() AS {last_day};
CREATE MACRO day_of(clock) AS CAST(clock // 86400000000 AS INTEGER);
CREATE MACRO month_of(clock) AS year(make_timestamp(clock)) * 12 + month(make_timestamp(clock)) - 1;
CREATE MACRO on_day(begn, endd, d) AS (begn IS NULL OR begn <= d) AND (endd IS NULL OR d <= endd);
CREATE MACRO ymd(d) AS year(DATE '1970-01-01' + d) * 10000 + month(DATE '1970-01-01' + d) * 100 + day(DATE '1970-01-01' + d);
CREATE MACRO age_on(born, d) AS (ymd(d) - ymd(born)) // 10000;
-- a × b ÷ c, half up, of numbers that are not negative
CREATE MACRO share(a, b, c) AS CAST((2 * a::HUGEINT * b + c) // (2 * c) AS BIGINT);

CREATE VIEW fee AS
SELECT row_id AS line_id, pers, visit_key, setl_key, mdtrt_id, feedetl_sn AS sn, fixmedins_code AS inst, hilist_code AS item,
       fee_ocur_time & ~1 AS clock, day_of(fee_ocur_time) AS day, fee_ocur_time & 1 = 1 AS day_only, cnt, pric, list_type,
       greatest(coalesce(inscp_scp_amt, det_item_fee_sumamt - coalesce(fulamt_ownpay_amt, 0) - coalesce(overlmt_amt, 0)
                - coalesce(preselfpay_amt, 0)), 0) AS inscope,
       is_yes(dscg_tkdrug_flag) AS take_home, is_yes(hi_nego_drug_flag) AS hi_nego, rxno, hi_rxno, body_part, side, prd_days,
       sin_dos, sin_dosunt, used_frqu, dosform, medc_way, init_feedetl_sn AS init_sn
FROM raw_fee;
CREATE VIEW settlement AS
SELECT pers, visit_key, setl_key, setl_id, setl_time & ~1 AS clock, med_type, medfee_sumamt, coalesce(fund_pay_sumamt, 0) AS fund_pay_sumamt,
       coalesce(acct_mulaid_pay, 0) AS acct_mulaid_pay, is_yes(mid_setl_flag) AS is_mid, is_yes(refd_setl_flag) AS is_refund, coalesce(init_setl_id, '') AS init_setl_id
FROM raw_settlement;
CREATE VIEW visit AS
SELECT pers, visit_key, mdtrt_id, fixmedins_code AS inst, med_type, begntime & ~1 AS begin,
       CASE WHEN endtime // 86400000000 < 2567655 THEN endtime & ~1 END AS ended, er_obs_begntime,
       CASE WHEN er_obs_begntime & ~1 < begntime & ~1 THEN er_obs_begntime & ~1 ELSE begntime & ~1 END AS since,
       dscg_way, ipt_otp_no, dscg_maindiag_code,
       is_yes(nwb_flag) OR mom_psn_no IS NOT NULL OR coalesce(text_of(med_type) = '9921', false) AS newborn,
       CASE WHEN is_yes(day_surg_flag) THEN 1 ELSE 0 END | CASE WHEN is_yes(er_flag) OR er_obs_begntime IS NOT NULL THEN 2 ELSE 0 END
         | CASE WHEN is_yes(resc_flag) THEN 4 ELSE 0 END AS extra_setting,
       refl_from IS NOT NULL OR refl_to IS NOT NULL AS referred
FROM raw_visit;
CREATE VIEW prescription AS SELECT row_id, pers, rxno, hi_rxno, fixmedins_code AS inst FROM raw_prescription;
