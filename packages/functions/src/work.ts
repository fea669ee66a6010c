import { importCur, watchCost } from "@commops/core/cost";
import { generateInvoice, generatePeriodDrafts } from "@commops/core/invoicing";
import type { UseCase } from "@commops/core/record";
import type { z } from "zod";

/** Use cases that are done behind the answer of a request; a run names its own by the title. */
const WORK: readonly UseCase<z.ZodType, unknown>[] = [importCur, watchCost, generateInvoice, generatePeriodDrafts];

/** What does a run of a kind; undefined for a kind that nothing does. */
export const workOf = (kind: string): UseCase<z.ZodType, unknown> | undefined =>
  WORK.find((useCase) => useCase.title === kind);
