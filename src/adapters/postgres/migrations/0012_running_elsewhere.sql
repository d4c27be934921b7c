-- The turns of a person that run in other living instances. Askers of one person take turns until their transactions end, so that each sees
-- the turns of the one before it.
CREATE FUNCTION running_elsewhere(owner uuid, own_instance uuid) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('turns of ' || owner::text, 0));
  RETURN (
    SELECT count(*) FROM turns INNER JOIN instances ON instances.id = turns.instance_id
    WHERE turns.owner_id = owner AND turns.state = 'running' AND turns.instance_id <> own_instance
      AND instances.heartbeat_at > now() - interval '30 seconds'
  );
END
$$;
