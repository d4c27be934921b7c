CREATE TABLE "connection_shares" (
	"connection_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"role" text,
	"max_rows" integer,
	"ask_above_bytes" bigint,
	"refuse_above_bytes" bigint,
	"may_export" boolean NOT NULL,
	"may_auto_run" boolean NOT NULL,
	"writers" json,
	"samples_to_model" boolean NOT NULL,
	"warning" text,
	"scope_source" text,
	"scope_view" text,
	"checked_at" timestamp (3) with time zone,
	CONSTRAINT "connection_shares_key" PRIMARY KEY("connection_id","group_id")
);
--> statement-breakpoint
ALTER TABLE "connection_shares" ADD CONSTRAINT "connection_shares_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_shares" ADD CONSTRAINT "connection_shares_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connection_shares_by_group" ON "connection_shares" USING btree ("group_id");