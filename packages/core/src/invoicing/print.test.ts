import { expect, test } from "vitest";
import { published, segmentOf, sourceOf } from "../../testing/draft-source.ts";
import { day } from "../time/index.ts";
import { draftInvoice } from "./index.ts";
import { printedInvoice } from "./print.ts";

const charge = (sku_code: string, price: object) => ({
  sku_code,
  title: sku_code,
  sku_family: "data",
  metric_code: "data_ingestion_gb",
  price: price as { model: "per_unit"; unit_price: string },
});

/** The charge lines of an invoice for 350 GB, as they are printed. */
const printed = (...charges: ReturnType<typeof charge>[]) => {
  const segments = [segmentOf({ published: published({ charges }) })];
  const { document } = draftInvoice(sourceOf({ segments, costs: [] }));
  const facts = {
    invoiceId: "INV-1",
    number: "1",
    issueDate: day("2025-10-08"),
    dueDate: undefined,
    digest: "sha256:0",
  };
  return printedInvoice(document, facts).lines.filter((line) => charges.some(({ title }) => title === line.title));
};

test("a line whose quantity, unit price and amount say it all is printed without steps", () => {
  const [line] = printed(charge("units", { model: "per_unit", unit_price: "0.5" }));
  expect(line).toMatchObject({ quantity: "350", unitPrice: "0.5", amount: "175.00", steps: [] });
});

test("what the line alone does not say is printed as steps, also where there is one step: packages, a single slab", () => {
  const slabs = [{ up_to: null, unit_price: "0.07" }];
  const [packages, slab] = printed(
    charge("packages", { model: "package", size: "100", package_price: "18", free_units: "50" }),
    charge("slab", { model: "graduated", slabs }),
  );
  expect(packages?.steps).toMatchObject([{ text: "packages of 100", quantity: "3", unitPrice: "18", amount: "54" }]);
  expect(slab?.steps).toMatchObject([{ quantity: "350", unitPrice: "0.07", amount: "24.5" }]);
});
