-- The role that use cases run as: no owner, so that row-level security binds it.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'commops_app') THEN CREATE ROLE commops_app NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$ BEGIN EXECUTE format('GRANT commops_app TO %I', current_user);
EXCEPTION WHEN OTHERS THEN IF NOT pg_has_role(current_user, 'commops_app', 'member') THEN RAISE; END IF;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO commops_app;
--> statement-breakpoint
-- Called by every migration that adds tables: rights for the application role, and row-level security,
-- forced, on every table that carries a tenant_id. '*' is an operator; a tenant sees its own rows and nothing else.
CREATE FUNCTION enforce_row_security() RETURNS void LANGUAGE plpgsql AS $$
DECLARE target record;
BEGIN
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO commops_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO commops_app;
  FOR target IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target.relname);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target.relname);
    EXECUTE format('DROP POLICY IF EXISTS tenant_rows ON %I', target.relname);
    EXECUTE format(
      'CREATE POLICY tenant_rows ON %I USING (current_setting(''app.tenant'', true) = ''*'' OR tenant_id = current_setting(''app.tenant'', true))
       WITH CHECK (current_setting(''app.tenant'', true) = ''*'' OR tenant_id = current_setting(''app.tenant'', true))', target.relname);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lineage_run FOR EACH ROW EXECUTE FUNCTION refuse_change();
