-- +goose Up
-- What a call's cards could not judge is nearly always the same long text: it is kept once, and calls name it.
CREATE TABLE reminder_silence (
    silence_id TEXT COLLATE "C" NOT NULL,
    not_judged TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (silence_id)
);
-- There were two switches that turn everything to inform; the parameter all_inform becomes the switch.
UPDATE online_setting SET value = '1', version = version + 1 WHERE name = 'inform_only' AND area IN (SELECT area FROM reminder_area WHERE body LIKE '%"all_inform":true%');
INSERT INTO online_setting (name, area, value, actor, why, changed_at, version)
    SELECT 'inform_only', area, '1', actor, why, changed_at, 1 FROM reminder_area
    WHERE body LIKE '%"all_inform":true%' AND NOT EXISTS (SELECT 1 FROM online_setting s WHERE s.name = 'inform_only' AND s.area = reminder_area.area);
UPDATE reminder_area SET body = REPLACE(REPLACE(REPLACE(REPLACE(body, '"all_inform":true,', ''), '"all_inform":false,', ''), '"all_inform":true', ''), '"all_inform":false', '')
    WHERE body LIKE '%"all_inform":%';

-- +goose Down
DROP TABLE reminder_silence;
