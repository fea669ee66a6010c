import {
  changeClient,
  changeUser,
  createClient,
  createUser,
  issueToken,
  listClients,
  listUsers,
} from "@commops/core/tenants";
import { on, routes } from "../route.ts";

/** People and machines that may use the API. */
export const peopleRoutes = routes({
  "GET /users": on(listUsers, "People by name; a tenant's administrator sees the own tenant's"),
  "POST /users": on(createUser, "Adds a person", { status: 201, isSecret: true }),
  "PATCH /users/{user_id}": on(changeUser, "Changes a person; a new role or password ends their sessions", {
    isSecret: true,
  }),
  "POST /tokens": on(issueToken, "Makes a bearer token for a role; it is shown this once", {
    status: 201,
    isSecret: true,
    isWithoutProvider: true,
  }),
  "GET /clients": on(listClients, "Machines that fetch tokens by client credentials"),
  "POST /clients": on(createClient, "Adds a machine; its secret is shown this once", { status: 201, isSecret: true }),
  "PATCH /clients/{client_id}": on(changeClient, "Takes a machine's access away, or gives it back"),
});
