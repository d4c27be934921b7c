CREATE TABLE "turn_commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"turn_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"command" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"taken_at" timestamp (3) with time zone,
	"outcome" json
);
--> statement-breakpoint
ALTER TABLE "turn_commands" ADD CONSTRAINT "turn_commands_turn" FOREIGN KEY ("turn_id","owner_id") REFERENCES "public"."turns"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "turn_commands_by_turn" ON "turn_commands" USING btree ("turn_id") WHERE "turn_commands"."taken_at" is null;