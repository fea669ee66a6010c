-- Executions carry every tenant's business: they are the operator's alone.
ALTER TABLE workflow_execution ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON workflow_execution USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE workflow_journal ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON workflow_journal USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE workflow_event ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON workflow_event USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE workflow_task_token ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON workflow_task_token USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
SELECT enforce_row_security();
