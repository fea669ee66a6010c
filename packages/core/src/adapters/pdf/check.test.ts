import { describe, expect, it } from "vitest";
import { invoice, line } from "../../../testing/invoice-document.ts";
import { readPdf, type ShownText, textOf } from "../../../testing/pdf.ts";
import { Problem } from "../../kernel/index.ts";
import type { InvoiceDocument } from "../../ports/index.ts";
import { day } from "../../time/index.ts";
import { openDocuments } from "./documents.ts";

const documents = openDocuments();

const pagesOf = async (document: InvoiceDocument): Promise<ShownText[][]> =>
  readPdf(await documents.renderInvoice(document));

const refusal = async (document: InvoiceDocument): Promise<Problem> => {
  const problem: unknown = await documents.renderInvoice(document).catch((error: unknown) => error);
  if (!(problem instanceof Problem)) throw new Error("it was printed");
  expect(problem.kind).toBe("invalid");
  return problem;
};

describe("characters", () => {
  it("shows Latin, Greek, Cyrillic, Devanagari, Japanese and Arabic names", async () => {
    const name = "Łódź Ελλάς Москва ガス 株式会社";
    const buyer = { name, addressLines: ["शर्मा", "شركة النور"], taxIds: [] };
    const text = textOf(await pagesOf(invoice({ buyer }))).replace(/[ |]/g, "");
    expect(text).toContain("ŁódźΕλλάςМосква");
    expect(text).toContain("株式会社");
  });

  it("draws Arabic from right to left, and a number in it from left to right", async () => {
    const [page = []] = await pagesOf(invoice({ buyer: { name: "نور 2025", addressLines: [], taxIds: [] } }));
    const number = page.find(({ text }) => text === "2025");
    const word = page.find(({ text }) => /\p{sc=Arabic}/u.test(text));
    if (!number || !word) throw new Error("not shown");
    expect(number.right).toBeLessThanOrEqual(word.left + 0.1);
  });

  it("writes beside shaped text what it says", async () => {
    const name = "شركة النور";
    const source = Buffer.from(
      await documents.renderInvoice(invoice({ buyer: { name, addressLines: [], taxIds: [] } })),
    );
    expect(source.indexOf(Buffer.from("النور", "utf16le").swap16())).toBeGreaterThan(0);
  });

  it("refuses a character that no font has, naming it and its field", async () => {
    const problem = await refusal(invoice({ buyer: { name: "Acme 𓀀", addressLines: [], taxIds: [] } }));
    expect(problem.message).toContain("buyer.name");
    expect(problem.message).toContain("U+13000");
    expect(problem.details).toHaveLength(1);
    const nested = await refusal(invoice({ lines: [line("ok"), line("x", { notes: ["fine", "bad 😀"] })] }));
    expect(nested.details[0]?.field).toBe("lines[1].notes[1]");
  });

  it("refuses controls that would make a text read otherwise than it is stored", async () => {
    expect((await refusal(invoice({ lines: [line("pay \u202E00.001 USD")] }))).message).toContain("U+202E");
    expect((await refusal(invoice({ footer: "a\u0000b" }))).message).toContain("U+0000");
  });

  it("shows what looks like markup as the text it is, and carries no script", async () => {
    const evil = "<b>x</b> (/JS) ) Tj ET \\ &amp; %PDF endobj";
    const buyer = { name: evil, addressLines: [evil], taxIds: [] };
    const bytes = await documents.renderInvoice(invoice({ buyer, number: "<R&D>-1" }));
    const source = Buffer.from(bytes).toString("latin1");
    expect(source).not.toMatch(/\/(JavaScript|JS|Launch|EmbeddedFile|OpenAction)\b/);
    expect(source.slice(source.indexOf("<x:xmpmeta"), source.indexOf("</x:xmpmeta>"))).not.toContain("R&D");
    const text = textOf(readPdf(bytes)).replace(/[\n|]/g, " ");
    expect(text).toContain("<b>x</b> (/JS)");
    expect(text).toContain("<R&D>-1");
  });
});

describe("fields", () => {
  it.each([
    ["issueDate", { issueDate: day("2025-10-03").replace("10-03", "02-30") as InvoiceDocument["issueDate"] }],
    ["total", { total: "1,00" }],
    ["lines[0].steps[0].amount", { lines: [line("x", { steps: [{ text: "s", amount: "abc" }] })] }],
    ["taxes[0].rate", { taxes: [{ name: "VAT", rate: "19 %", base: "1", amount: "1" }] }],
    ["payment.url", { payment: { instructions: [], url: "javascript:alert(1)" } }],
    ["currency", { currency: "XXZ" as const }],
    ["usd", { currency: "EUR" as const }],
    ["footer", { footer: "word ".repeat(200) }],
  ])("names %s when it cannot be read or shown", async (field, changes: Partial<InvoiceDocument>) => {
    expect((await refusal(invoice(changes))).details[0]?.field).toBe(field);
  });
});
