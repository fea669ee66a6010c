-- A rule version is immutable: only its status and its last day move, so that an invoice can name the version it was made with.
CREATE FUNCTION guard_allocation_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     (NEW.rule_id, NEW.version, NEW.title, NEW.rule_order, NEW.category, NEW.selector, NEW.keys, NEW.curve, NEW.floor, NEW.cap, NEW.target, NEW.fallback, NEW.effective_from)
     IS DISTINCT FROM
     (OLD.rule_id, OLD.version, OLD.title, OLD.rule_order, OLD.category, OLD.selector, OLD.keys, OLD.curve, OLD.floor, OLD.cap, OLD.target, OLD.fallback, OLD.effective_from) THEN
    RAISE EXCEPTION 'allocation rule % version % is immutable: publish a new version', OLD.rule_id, OLD.version USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER immutable_rule BEFORE UPDATE OR DELETE ON allocation_rules FOR EACH ROW EXECUTE FUNCTION guard_allocation_rule();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_policy FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_input FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_pool FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON fact_cost_allocated FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_finding FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Conservation, part one: what a run says adds up.
ALTER TABLE allocation_run ADD CONSTRAINT allocation_conserved
  CHECK (total_cost = direct_cost + allocated_cost + overhead_cost + untagged_cost);
--> statement-breakpoint
ALTER TABLE fact_cost_allocated ADD CONSTRAINT allocation_borne
  CHECK ((tenant_id IS NOT NULL) = (kind IN ('direct', 'allocated')));
--> statement-breakpoint
-- Only the status of a stored run moves, between active and superseded.
CREATE FUNCTION guard_allocation_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed allocation_run%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'allocation run % is evidence and is never deleted', OLD.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  changed := NEW;
  changed.status := OLD.status;
  IF changed IS DISTINCT FROM OLD OR (NEW.status = 'recording' AND OLD.status <> 'recording') THEN
    RAISE EXCEPTION 'allocation run % is stored and cannot be changed: allocate the period again', OLD.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_run BEFORE UPDATE OR DELETE ON allocation_run FOR EACH ROW EXECUTE FUNCTION guard_allocation_run();
--> statement-breakpoint
-- Rows join a run only while it is recorded, so that a stored run keeps the sums it was checked with.
CREATE FUNCTION guard_allocation_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM allocation_run WHERE run_id = NEW.run_id AND status = 'recording') THEN
    RAISE EXCEPTION 'allocation run % is stored: no row can be added', NEW.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER while_recording BEFORE INSERT ON fact_cost_allocated FOR EACH ROW EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
CREATE TRIGGER while_recording BEFORE INSERT ON allocation_pool FOR EACH ROW EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
-- Conservation, part two: at commit the rows of each pool add up to the pool, and the rows of each kind to the run's total.
CREATE FUNCTION check_allocation_conserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run allocation_run%ROWTYPE; sums record; lost record;
BEGIN
  SELECT * INTO run FROM allocation_run WHERE run_id = NEW.run_id;
  IF run.status = 'recording' THEN
    RAISE EXCEPTION 'allocation run % was not finished', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT p.pool_no, p.service, p.cost, COALESCE(sum(f.cost), 0) AS placed INTO lost
    FROM allocation_pool p LEFT JOIN fact_cost_allocated f ON f.run_id = p.run_id AND f.pool_no = p.pool_no
    WHERE p.run_id = run.run_id GROUP BY p.pool_no, p.service, p.cost HAVING COALESCE(sum(f.cost), 0) <> p.cost LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation run %: pool % of % is %, its rows add up to %', run.run_id, lost.pool_no, lost.service, lost.cost, lost.placed USING ERRCODE = 'check_violation';
  END IF;
  SELECT COALESCE(sum(cost) FILTER (WHERE kind = 'direct'), 0) AS direct, COALESCE(sum(cost) FILTER (WHERE kind = 'allocated'), 0) AS allocated,
         COALESCE(sum(cost) FILTER (WHERE kind = 'overhead'), 0) AS overhead, COALESCE(sum(cost) FILTER (WHERE kind = 'untagged'), 0) AS untagged
    INTO sums FROM fact_cost_allocated WHERE run_id = run.run_id;
  IF (sums.direct, sums.allocated, sums.overhead, sums.untagged) IS DISTINCT FROM
     (run.direct_cost, run.allocated_cost, run.overhead_cost, run.untagged_cost) THEN
    RAISE EXCEPTION 'allocation run %: its rows do not add up to its totals', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER conserved AFTER INSERT ON allocation_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_allocation_conserved();
--> statement-breakpoint
-- Pools, inputs and findings show every tenant's cost and usage: they are the operator's alone.
ALTER TABLE allocation_pool ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_pool USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE allocation_input ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_input USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE allocation_finding ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_finding USING (current_setting('app.tenant', true) = '*');
