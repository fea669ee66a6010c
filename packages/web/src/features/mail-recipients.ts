import { fieldsOf, listOf, shownValue, textOf } from "./plain-data.ts";

/** Recipients as they are stored: addresses, or names with an address. */
export const recipientsText = (recipients: unknown): string =>
  listOf(recipients)
    .map((one) => textOf(one) ?? [fieldsOf(one)["name"], fieldsOf(one)["address"]].map(shownValue).join(" "))
    .join(", ");
