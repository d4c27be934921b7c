CREATE TABLE "favorite_events" (
	"favorite_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"event" text NOT NULL,
	CONSTRAINT "favorite_events_key" PRIMARY KEY("favorite_id","seq")
);
--> statement-breakpoint
CREATE TABLE "favorite_folders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"parent_id" uuid,
	"name" text NOT NULL,
	"position" double precision NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"moved" json,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "favorite_runs" (
	"turn_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"favorite_id" uuid NOT NULL,
	"values" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "favorite_shares" (
	"favorite_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"with_rows" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "favorite_shares_key" PRIMARY KEY("favorite_id","group_id")
);
--> statement-breakpoint
CREATE TABLE "favorites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"folder_id" uuid,
	"position" double precision NOT NULL,
	"title" text NOT NULL,
	"question" text,
	"sql" text NOT NULL,
	"connection" text NOT NULL,
	"connection_id" uuid,
	"writer" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"tags" json NOT NULL,
	"tables" json NOT NULL,
	"parameters" json NOT NULL,
	"turn_id" uuid,
	"result" json,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"verified_key" text,
	"verified_question" text,
	"verified_sql" text,
	"verified_at" timestamp (3) with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "favorites_id_owner" UNIQUE("id","owner_id")
);
--> statement-breakpoint
ALTER TABLE "favorite_events" ADD CONSTRAINT "favorite_events_favorite" FOREIGN KEY ("favorite_id","owner_id") REFERENCES "public"."favorites"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorite_folders" ADD CONSTRAINT "favorite_folders_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorite_runs" ADD CONSTRAINT "favorite_runs_favorite_id_favorites_id_fk" FOREIGN KEY ("favorite_id") REFERENCES "public"."favorites"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorite_runs" ADD CONSTRAINT "favorite_runs_turn" FOREIGN KEY ("turn_id","user_id") REFERENCES "public"."turns"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorite_shares" ADD CONSTRAINT "favorite_shares_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorite_shares" ADD CONSTRAINT "favorite_shares_favorite" FOREIGN KEY ("favorite_id","owner_id") REFERENCES "public"."favorites"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorites" ADD CONSTRAINT "favorites_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favorites" ADD CONSTRAINT "favorites_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "favorite_folders_by_owner" ON "favorite_folders" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "favorite_runs_by_favorite" ON "favorite_runs" USING btree ("favorite_id","user_id");--> statement-breakpoint
CREATE INDEX "favorite_shares_by_group" ON "favorite_shares" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "favorites_by_owner" ON "favorites" USING btree ("owner_id","position");--> statement-breakpoint
CREATE INDEX "favorites_by_turn" ON "favorites" USING btree ("turn_id");--> statement-breakpoint
CREATE INDEX "favorites_verified" ON "favorites" USING btree ("verified_key") WHERE "favorites"."verified_key" is not null;