import type { Tx } from "../ports/index.ts";
import { insertLegalEntity, type LegalEntity, listLegalEntities } from "./tenants.store.ts";

/** Who issues until an installation names its seller. Whoever reads a draft sees what is lacking; PUT /legal-entities/OPERATOR sets it. */
const UNNAMED: LegalEntity = {
  entityId: "OPERATOR",
  name: "Operator (name not set)",
  addressLines: ["Address not set"],
  country: "US",
  taxIds: [],
  currency: "USD",
  fiscalYearStartMonth: 1,
  timeZone: "UTC",
  numberPrefix: "INV",
  paymentInstructions: "",
  email: "billing@operator.invalid",
};

/** The legal entity that bills a new tenant: the first one, made here where an installation has none yet. */
export const issuingEntity = async (tx: Tx): Promise<LegalEntity> => {
  const [first] = await listLegalEntities(tx);
  if (first) return first;
  await insertLegalEntity(tx, UNNAMED);
  return UNNAMED;
};
