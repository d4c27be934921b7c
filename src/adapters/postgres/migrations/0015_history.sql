ALTER TABLE "conversations" ADD COLUMN "is_named" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "words" "tsvector";--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "note" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "sql" text;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "row_count" bigint;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "result_bytes" bigint;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "elapsed_ms" double precision;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "problem_code" text;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "copied_from" uuid;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "words" "tsvector" DEFAULT ''::tsvector NOT NULL;--> statement-breakpoint
CREATE INDEX "conversations_deleted" ON "conversations" USING btree ("deleted_at") WHERE "conversations"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "turns_by_time" ON "turns" USING btree ("owner_id","created_at","ordinal");--> statement-breakpoint
CREATE INDEX "turns_by_words" ON "turns" USING gin ("words") WITH (gin_pending_list_limit=256);
--> statement-breakpoint
UPDATE "turns" SET "sql" = "last".event::json ->> 'sql' FROM (
	SELECT DISTINCT ON (turn_id) turn_id, event FROM "turn_events"
	WHERE pieces = 0 AND left(event, 220) LIKE '%"kind":"query.proposed"%' AND event !~* '\\u(0000|d[89a-f])'
	ORDER BY turn_id, seq DESC
) AS "last" WHERE "last".turn_id = "turns".id;--> statement-breakpoint
UPDATE "turns" SET
	"row_count" = ("last".event::json ->> 'rowCount')::bigint,
	"result_bytes" = ("last".event::json ->> 'bytes')::numeric::bigint,
	"elapsed_ms" = ("last".event::json ->> 'elapsedMs')::double precision
FROM (
	SELECT DISTINCT ON (turn_id) turn_id, event FROM "turn_events"
	WHERE pieces = 0 AND left(event, 220) LIKE '%"kind":"result.done"%' AND event !~* '\\u(0000|d[89a-f])'
	ORDER BY turn_id, seq DESC
) AS "last" WHERE "last".turn_id = "turns".id;--> statement-breakpoint
UPDATE "turns" SET "problem_code" = "last".event::json -> 'problem' ->> 'code' FROM (
	SELECT DISTINCT ON (turn_id) turn_id, event FROM "turn_events"
	WHERE pieces = 0 AND left(event, 220) LIKE '%"kind":"turn.failed"%' AND event !~* '\\u(0000|d[89a-f])'
	ORDER BY turn_id, seq DESC
) AS "last" WHERE "last".turn_id = "turns".id;--> statement-breakpoint
-- Upper case beyond ASCII stays as it is where the database knows no locale: such words of earlier turns are found in upper case only.
UPDATE "turns" SET "words" = ('''@' || owner_id || ''':1')::tsvector ||
	setweight(to_tsvector('simple', translate(coalesce(question, ''), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32))), 'A') ||
	setweight(to_tsvector('simple', left(translate(coalesce("sql", ''), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)), 20000)), 'B');
