CREATE TABLE "catalogs" (
	"account" text NOT NULL,
	"role" text NOT NULL,
	"version" integer NOT NULL,
	"body" "bytea" NOT NULL,
	"is_complete" boolean NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "catalogs_key" PRIMARY KEY("account","role")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"account" text NOT NULL,
	"access_url" text NOT NULL,
	"role" text,
	"warehouse" text,
	"database_name" text,
	"schema_name" text,
	"sign_in" json NOT NULL,
	"sealed_secret" text,
	"needs_sign_in" boolean DEFAULT false NOT NULL,
	"warning" text,
	"scope_account" text,
	"scope_role" text,
	"checked_at" timestamp (3) with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"lease_holder" uuid,
	"lease_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "connections_name" ON "connections" USING btree ("owner_id",lower("name"));