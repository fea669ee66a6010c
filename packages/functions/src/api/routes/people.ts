import {
  changeClient,
  changeUser,
  createClient,
  createUser,
  issueToken,
  listClients,
  listPeopleNames,
  listUsers,
} from "@commops/core/tenants";
import { on, routes } from "../route.ts";
import { client, clientList, createdClient, issuedToken, peopleNames, user, userList } from "../answers/people.ts";

/** People and machines that may use the API. */
export const peopleRoutes = routes({
  "GET /people": on(listPeopleNames, "Names of the operator's people by id", { answer: peopleNames }),
  "GET /users": on(listUsers, "People by name; a tenant's administrator sees the own tenant's", { answer: userList }),
  "POST /users": on(createUser, "Adds a person", { status: 201, isSecret: true, answer: user }),
  "PATCH /users/{user_id}": on(changeUser, "Changes a person; a new role or password ends their sessions", {
    isSecret: true,
    answer: user,
  }),
  "POST /tokens": on(issueToken, "Makes a bearer token for a role; it is shown this once", {
    status: 201,
    isSecret: true,
    isWithoutProvider: true,
    answer: issuedToken,
  }),
  "GET /clients": on(listClients, "Machines that fetch tokens by client credentials", { answer: clientList }),
  "POST /clients": on(createClient, "Adds a machine; its secret is shown this once", {
    status: 201,
    isSecret: true,
    answer: createdClient,
  }),
  "PATCH /clients/{client_id}": on(changeClient, "Takes a machine's access away, or gives it back", { answer: client }),
});
