-- From issue on, what the customer was sent cannot be changed: only payment state, mail and PDF facts move.
CREATE FUNCTION guard_issued_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.document_number IS NULL THEN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'an invoice is never deleted: discard the draft' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR
     (NEW.invoice_id, NEW.tenant_id, NEW.entity_id, NEW.kind, NEW.period_start, NEW.period_end, NEW.currency, NEW.gross_minor, NEW.discount_minor,
      NEW.subtotal_minor, NEW.tax_minor, NEW.total_minor, NEW.document, NEW.digest, NEW.document_number, NEW.fiscal_year, NEW.issue_date, NEW.due_date, NEW.issued_at)
     IS DISTINCT FROM
     (OLD.invoice_id, OLD.tenant_id, OLD.entity_id, OLD.kind, OLD.period_start, OLD.period_end, OLD.currency, OLD.gross_minor, OLD.discount_minor,
      OLD.subtotal_minor, OLD.tax_minor, OLD.total_minor, OLD.document, OLD.digest, OLD.document_number, OLD.fiscal_year, OLD.issue_date, OLD.due_date, OLD.issued_at)
     OR NEW.status IN ('draft', 'pending_approval', 'approved', 'discarded') THEN
    RAISE EXCEPTION 'invoice % is issued and cannot be changed: correct it with a credit note', OLD.invoice_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_invoice BEFORE UPDATE OR DELETE ON invoice_header FOR EACH ROW EXECUTE FUNCTION guard_issued_invoice();
--> statement-breakpoint
CREATE FUNCTION guard_issued_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent text;
BEGIN
  parent := CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
  IF EXISTS (SELECT 1 FROM invoice_header WHERE invoice_id = parent AND document_number IS NOT NULL) THEN
    RAISE EXCEPTION 'invoice % is issued and its rows cannot be changed: correct it with a credit note', parent USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_rows BEFORE INSERT OR UPDATE OR DELETE ON invoice_detail FOR EACH ROW EXECUTE FUNCTION guard_issued_rows();
--> statement-breakpoint
CREATE TRIGGER frozen_rows BEFORE INSERT OR UPDATE OR DELETE ON invoice_tax FOR EACH ROW EXECUTE FUNCTION guard_issued_rows();
--> statement-breakpoint
ALTER TABLE invoice_header ADD CONSTRAINT invoice_adds_up CHECK (total_minor = subtotal_minor + tax_minor);
--> statement-breakpoint
-- At commit, an invoice's gross is the sum of its lines and its tax the sum of its tax rows.
CREATE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE header invoice_header%ROWTYPE; lines numeric; discounts numeric; taxes numeric;
BEGIN
  SELECT * INTO header FROM invoice_header WHERE invoice_id = NEW.invoice_id;
  SELECT COALESCE(sum(amount_minor), 0), COALESCE(sum(discount_minor), 0) INTO lines, discounts FROM invoice_detail WHERE invoice_id = NEW.invoice_id;
  SELECT COALESCE(sum(tax_minor), 0) INTO taxes FROM invoice_tax WHERE invoice_id = NEW.invoice_id;
  IF lines <> header.gross_minor OR discounts <> header.discount_minor OR taxes <> header.tax_minor THEN
    RAISE EXCEPTION 'invoice % does not add up to its lines and taxes', NEW.invoice_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT OR UPDATE ON invoice_header DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_invoice_sums();
