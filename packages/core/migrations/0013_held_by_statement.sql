ALTER TABLE "allocation_pool" DROP CONSTRAINT "allocation_pool_run_id_allocation_run_run_id_fk";
--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" DROP CONSTRAINT "fact_cost_allocated_tenant_id_tenant_master_tenant_id_fk";
--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" DROP CONSTRAINT "fact_cost_allocated_run_id_pool_no_allocation_pool_run_id_pool_no_fk";

--> statement-breakpoint
-- A foreign key looks its row up, and locks it, for each row that refers to it: that took a third of writing an allocation. What a run, its pools
-- and a tenant are referred to by stays true with one look a statement, since none of them is ever deleted or renamed.
CREATE FUNCTION guard_tenant_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'tenant % has books and is never deleted: terminate it', OLD.tenant_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.tenant_id IS DISTINCT FROM OLD.tenant_id THEN
    RAISE EXCEPTION 'tenant % has books under its id, which never changes', OLD.tenant_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lasting_tenant BEFORE UPDATE OF tenant_id OR DELETE ON tenant_master FOR EACH ROW EXECUTE FUNCTION guard_tenant_id();
--> statement-breakpoint
CREATE FUNCTION guard_allocated_cost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stranger record;
BEGIN
  SELECT added.run_id, added.pool_no INTO stranger FROM (SELECT DISTINCT run_id, pool_no FROM added_rows) AS added
    WHERE NOT EXISTS (SELECT 1 FROM allocation_pool AS pool WHERE pool.run_id = added.run_id AND pool.pool_no = added.pool_no) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation run % has no pool %', stranger.run_id, stranger.pool_no USING ERRCODE = 'foreign_key_violation';
  END IF;
  SELECT added.tenant_id INTO stranger FROM (SELECT DISTINCT tenant_id FROM added_rows WHERE tenant_id IS NOT NULL) AS added
    WHERE NOT EXISTS (SELECT 1 FROM tenant_master AS tenant WHERE tenant.tenant_id = added.tenant_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no tenant %', stranger.tenant_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER placed_cost AFTER INSERT ON fact_cost_allocated REFERENCING NEW TABLE AS added_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_allocated_cost();
