CREATE TABLE "turn_feedback" (
	"turn_id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"ordinal" bigint GENERATED ALWAYS AS IDENTITY (sequence name "turn_feedback_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"verdict" text NOT NULL,
	"reasons" json NOT NULL,
	"comment" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "turn_feedback_verdict" CHECK ("turn_feedback"."verdict" in ('up', 'down'))
);
--> statement-breakpoint
ALTER TABLE "turn_feedback" ADD CONSTRAINT "turn_feedback_turn" FOREIGN KEY ("turn_id","owner_id") REFERENCES "public"."turns"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "turn_feedback_by_owner" ON "turn_feedback" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "turn_feedback_by_order" ON "turn_feedback" USING btree ("ordinal");