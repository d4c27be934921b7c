DROP INDEX "connections_name";--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "secret_saved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "connections_name" ON "connections" USING btree ("owner_id",lower("name")) WHERE "connections"."removed_at" is null;