CREATE TABLE "turn_event_pieces" (
	"turn_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"piece" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "turn_event_pieces_key" PRIMARY KEY("turn_id","seq","piece")
);
--> statement-breakpoint
ALTER TABLE "turn_events" ADD COLUMN "pieces" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "turn_event_pieces" ADD CONSTRAINT "turn_event_pieces_turn" FOREIGN KEY ("turn_id","owner_id") REFERENCES "public"."turns"("id","owner_id") ON DELETE cascade ON UPDATE no action;