import { z } from "zod";
import { instant, pageOf } from "./fields.ts";

export const user = z.looseObject({
  user_id: z.string(),
  user_name: z.string(),
  display_name: z.string(),
  email: z.string(),
  role: z.string(),
  tenant_id: z.string().nullable(),
  is_active: z.boolean(),
  created_at: instant,
});
export const userList = pageOf("users", user);

export const peopleNames = z.looseObject({
  people: z.array(z.looseObject({ user_id: z.string(), display_name: z.string() })),
});

export const client = z.looseObject({
  client_id: z.string(),
  client_name: z.string(),
  role: z.string(),
  tenant_id: z.string().nullable(),
  is_active: z.boolean(),
  created_at: instant,
});
export const clientList = pageOf("clients", client);
export const createdClient = client.extend({ client_secret: z.string() });
export const issuedToken = z.looseObject({ token: z.string(), role: z.string(), expires_at: instant });
