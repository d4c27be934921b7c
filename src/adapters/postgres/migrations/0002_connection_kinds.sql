ALTER TABLE "connections" ADD COLUMN "kind" text NOT NULL DEFAULT 'snowflake';--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "settings" json;--> statement-breakpoint
UPDATE "connections" SET "settings" = json_build_object(
	'account', "account",
	'accessUrl', "access_url",
	'role', "role",
	'warehouse', "warehouse",
	'database', "database_name",
	'schema', "schema_name",
	'signIn', "sign_in"
);--> statement-breakpoint
ALTER TABLE "connections" ALTER COLUMN "settings" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" DROP COLUMN "account", DROP COLUMN "access_url", DROP COLUMN "role", DROP COLUMN "warehouse", DROP COLUMN "database_name", DROP COLUMN "schema_name", DROP COLUMN "sign_in";--> statement-breakpoint
ALTER TABLE "connections" RENAME COLUMN "scope_account" TO "scope_source";--> statement-breakpoint
ALTER TABLE "connections" RENAME COLUMN "scope_role" TO "scope_view";--> statement-breakpoint
ALTER TABLE "catalogs" RENAME COLUMN "account" TO "source";--> statement-breakpoint
ALTER TABLE "catalogs" RENAME COLUMN "role" TO "view";
