import { useAnswer } from "./answers.tsx";
import { may, useSession } from "./session/session.ts";

/** Tenants' names by their ids; the id itself where the name is not known. */
export const useTenantName = (): ((tenantId: string | null) => string) => {
  const session = useSession();
  const tenants = useAnswer("GET /tenants", { page_size: 200 }, { isEnabled: may(session, "tenant:read") });
  const names = new Map((tenants.data?.tenants ?? []).map((tenant) => [String(tenant.tenant_id), tenant.tenant_name]));
  return (tenantId) => (tenantId === null ? "—" : (names.get(tenantId) ?? tenantId));
};

/** Tenants for a filter, by name. */
export const useTenantOptions = (): readonly (readonly [string, string])[] => {
  const session = useSession();
  const tenants = useAnswer("GET /tenants", { page_size: 200 }, { isEnabled: may(session, "tenant:read") });
  return (tenants.data?.tenants ?? [])
    .map((tenant) => [String(tenant.tenant_id), tenant.tenant_name] as const)
    .toSorted((a, b) => a[1].localeCompare(b[1]));
};

/** People's names by their ids, the reader's own marked; the id itself where it is no person of the operator. */
export const usePersonName = (): ((id: string | null) => string) => {
  const session = useSession();
  const isOperator = session.tenant_id === null && may(session, "billing:read");
  const { data } = useAnswer("GET /people", {}, { isEnabled: isOperator });
  const names = new Map((data?.people ?? []).map((person) => [String(person.user_id), person.display_name]));
  return (id) => (id === null ? "—" : id === session.actor_id ? `${session.name} (you)` : (names.get(id) ?? id));
};
