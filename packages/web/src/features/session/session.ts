import { createContext, use } from "react";
import type { Session } from "../../api.ts";

const ROLE_NAMES: Readonly<Record<string, string>> = {
  billing_operator: "Billing operator",
  approver: "Approver",
  finance: "Finance",
  platform_engineer: "Platform engineer",
  auditor: "Auditor",
  admin: "Administrator",
  tenant_admin: "Tenant administrator",
  tenant_user: "Tenant user",
};

export const roleName = (role: string): string => ROLE_NAMES[role] ?? role;

/** Who looks at the pages decides which of the three surfaces they are. */
export type Surface = "operator" | "auditor" | "tenant";

export const surfaceOf = (session: Session): Surface =>
  session.tenant_id !== null ? "tenant" : session.role === "auditor" ? "auditor" : "operator";

export const may = (session: Session, scope: string): boolean => session.scopes.includes(scope);

export const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in; only below the shell. */
export const useSession = (): Session => {
  const session = use(SessionContext);
  if (!session) throw new Error("this page needs somebody who is signed in");
  return session;
};
