ALTER TABLE "allocation_pool" DROP CONSTRAINT "allocation_pool_query_id_evidence_query_query_id_fk";
--> statement-breakpoint
ALTER TABLE "allocation_pool" DROP CONSTRAINT "allocation_pool_rule_id_rule_version_allocation_rules_rule_id_version_fk";

--> statement-breakpoint
-- Rule versions and queries are never deleted or renamed: one look a statement holds a pool to them.
CREATE FUNCTION guard_allocation_pool() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stranger record;
BEGIN
  SELECT rule_id, rule_version INTO stranger FROM (
    SELECT rule_id, rule_version FROM added_rows WHERE rule_id IS NOT NULL EXCEPT SELECT rule_id, version FROM allocation_rules) AS unknown LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no version % of the allocation rule %', stranger.rule_version, stranger.rule_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  SELECT query_id INTO stranger FROM (SELECT DISTINCT query_id FROM added_rows WHERE query_id IS NOT NULL) AS added
    WHERE NOT EXISTS (SELECT 1 FROM evidence_query AS query WHERE query.query_id = added.query_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no evidence query %', stranger.query_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER known_origin AFTER INSERT ON allocation_pool REFERENCING NEW TABLE AS added_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_allocation_pool();
--> statement-breakpoint
-- The planner cannot tell how many rows row security lets through and guesses one: comparing row by row then took a third of an allocation. A
-- set difference is hashed, whatever is guessed.
CREATE OR REPLACE FUNCTION guard_allocated_cost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stranger record;
BEGIN
  SELECT run_id, pool_no INTO stranger FROM (
    SELECT run_id, pool_no FROM added_rows EXCEPT
    SELECT run_id, pool_no FROM allocation_pool WHERE run_id = ANY (ARRAY(SELECT DISTINCT run_id FROM added_rows))) AS unknown LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation run % has no pool %', stranger.run_id, stranger.pool_no USING ERRCODE = 'foreign_key_violation';
  END IF;
  SELECT tenant_id INTO stranger FROM (
    SELECT tenant_id FROM added_rows WHERE tenant_id IS NOT NULL EXCEPT SELECT tenant_id FROM tenant_master) AS unknown LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no tenant %', stranger.tenant_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- The same check as before, over rows that are added up once.
CREATE OR REPLACE FUNCTION check_allocation_conserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run allocation_run%ROWTYPE; pool allocation_pool%ROWTYPE; sums record;
BEGIN
  SELECT * INTO run FROM allocation_run WHERE run_id = NEW.run_id;
  IF run.status = 'recording' THEN
    RAISE EXCEPTION 'allocation run % was not finished', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  WITH placed AS MATERIALIZED (
    SELECT pool_no, kind, sum(cost) AS cost FROM fact_cost_allocated WHERE run_id = run.run_id GROUP BY pool_no, kind
  ), kinds AS (
    SELECT COALESCE(sum(cost) FILTER (WHERE kind = 'direct'), 0) AS direct, COALESCE(sum(cost) FILTER (WHERE kind = 'allocated'), 0) AS allocated,
           COALESCE(sum(cost) FILTER (WHERE kind = 'overhead'), 0) AS overhead, COALESCE(sum(cost) FILTER (WHERE kind = 'untagged'), 0) AS untagged
    FROM placed
  ), lost AS (
    SELECT pool_no, sum(cost) AS missing FROM (
      SELECT pool_no, cost FROM allocation_pool WHERE run_id = run.run_id UNION ALL SELECT pool_no, -cost FROM placed) AS both_sides
    GROUP BY pool_no HAVING sum(cost) <> 0 LIMIT 1
  )
  SELECT kinds.*, lost.pool_no, lost.missing INTO sums FROM kinds LEFT JOIN lost ON true;
  IF sums.pool_no IS NOT NULL THEN
    SELECT * INTO pool FROM allocation_pool WHERE run_id = run.run_id AND pool_no = sums.pool_no;
    RAISE EXCEPTION 'allocation run %: pool % of % is %, its rows add up to %', run.run_id, sums.pool_no, pool.service, pool.cost, pool.cost - sums.missing
      USING ERRCODE = 'check_violation';
  END IF;
  IF (sums.direct, sums.allocated, sums.overhead, sums.untagged) IS DISTINCT FROM
     (run.direct_cost, run.allocated_cost, run.overhead_cost, run.untagged_cost) THEN
    RAISE EXCEPTION 'allocation run %: its rows do not add up to its totals', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
