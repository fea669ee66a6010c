import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invoice, line } from "../../../testing/invoice-document.ts";
import { readPdf, rowsOf, type ShownText, textOf } from "../../../testing/pdf.ts";
import type { InvoiceDocument } from "../../ports/index.ts";
import { day } from "../../time/index.ts";
import { openDocuments } from "./documents.ts";

const documents = openDocuments();

const pagesOf = async (document: InvoiceDocument): Promise<ShownText[][]> =>
  readPdf(await documents.renderInvoice(document));

describe("a printed document", () => {
  it("has the same bytes whenever it is rendered, whatever was printed before or at the same time", async () => {
    const first = await documents.renderInvoice(invoice());
    const other = invoice({ buyer: { name: "شركة", addressLines: [], taxIds: [] } });
    const [, second] = await Promise.all([documents.renderInvoice(other), documents.renderInvoice(invoice())]);
    expect(Buffer.from(second).equals(Buffer.from(first))).toBe(true);
  });

  it("says its own characters where an earlier document used the same glyph for another one", async () => {
    const named = (name: string): InvoiceDocument => invoice({ buyer: { name, addressLines: [], taxIds: [] } });
    for (const three of ["\u0663", "\u06F3"]) expect(textOf(await pagesOf(named(`نور ${three}`)))).toContain(three);
  });

  it("is dated by its issue date and titled by its number, in English, as a tagged document", async () => {
    const source = Buffer.from(await documents.renderInvoice(invoice())).toString("latin1");
    expect(source).toContain("(D:20251003000000Z)");
    expect(source).toContain("(Invoice 2025-000042)");
    expect(source).toContain("/Lang (en)");
    expect(source).toMatch(/\/DisplayDocTitle true/);
    expect(source).toMatch(/\/Marked true/);
    expect(source.match(/\/S \/TH\n/g)).toHaveLength(5 + 1 + 3);
    expect(source.match(/\/Scope \/Column/g)).toHaveLength(5);
  });

  it("marks every text as content or as decoration, so that a screen reader skips nothing and repeats nothing", async () => {
    const pages = await pagesOf(invoice({ lines: Array.from({ length: 60 }, (_, i) => line(`Line ${i}`)) }));
    expect(pages.flat().filter(({ isMarked }) => !isMarked)).toEqual([]);
  });

  it("says who, what, when and how much", async () => {
    const text = textOf(await pagesOf(invoice({ buyerReference: "PO-1" })));
    for (const part of ["Northwind GmbH", "VAT ID DE123", "Acme Corp", "3 Oct 2025", "30 Sep 2025", "Due 2 Nov 2025"])
      expect(text).toContain(part);
    for (const part of [
      "Enterprise, version 3",
      "INV-202509-ACME",
      "PO-1",
      "119.00 USD",
      "ab".repeat(32),
      "https://pay.example/i/1",
    ])
      expect(text).toContain(part);
    expect(text).toContain("VAT 19 % of 100.00 | 19.00");
  });

  it("shows each slab on a row of its own, with its flat fee, unrounded", async () => {
    const steps = [
      { text: "First 1,000 GB", quantity: "1000", unitPrice: "0.09", amount: "90" },
      { text: "Above 1,000 GB", quantity: "7345.678", unitPrice: "0.0356", flatFee: "10", amount: "271.5061368" },
    ];
    const ingestion = line("Ingestion", { quantity: "8345.678", unit: "GB", steps, notes: ["Used 12 of 31 days"] });
    const rows = rowsOf((await pagesOf(invoice({ lines: [ingestion] })))[0] ?? []);
    expect(rows).toContain("Ingestion | 8,345.678 | GB | 100.00");
    expect(rows).toContain("First 1,000 GB | 1,000 | 0.09 | 90.00");
    expect(rows).toContain("Above 1,000 GB, plus 10.00 flat | 7,345.678 | 0.0356 | 271.5061368");
    expect(rows).toContain("Used 12 of 31 days");
  });

  it("follows the order of EN 16931: lines, discounts, subtotal, tax, total, settlements, due", async () => {
    const rows = rowsOf(
      (
        await pagesOf(
          invoice({
            discounts: [{ text: "Volume", amount: "-5.00" }],
            settlements: [{ text: "Prepaid", amount: "-19.00" }],
            amountDue: "1100.00",
          }),
        )
      )[0] ?? [],
    );
    const order = [
      "Sum of lines | 100.00",
      "Volume | -5.00",
      "Subtotal | 100.00",
      "VAT 19 % of 100.00 | 19.00",
      "Total | 119.00 USD",
    ];
    expect(rows.filter((row) => [...order, "Prepaid | -19.00", "Amount due | 1,100.00 USD"].includes(row))).toEqual([
      ...order,
      "Prepaid | -19.00",
      "Amount due | 1,100.00 USD",
    ]);
  });

  it("shows the total in USD with rate, date and source where the currency is another, and no decimals for yen", async () => {
    const usd = { total: "0.79", rate: "0.006666666667", rateDate: day("2025-09-30"), source: "ECB" };
    const text = textOf(await pagesOf(invoice({ currency: "JPY", total: "119", amountDue: "119", usd })));
    expect(text).toContain("1 JPY = 0.006666666667 USD on 30 Sep 2025, ECB");
    expect(text).toContain("Total in USD | 0.79 USD");
    expect(text).toContain("119 JPY");
  });

  it("marks a draft on every page, and a credit note with what it corrects", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => line(`Line ${i}`));
    const { number: _, ...draft } = invoice({ lines });
    const pages = await pagesOf(draft);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(textOf([page])).toMatch(/Draft/);
    const corrects = { number: "2025-000041", issueDate: day("2025-09-03"), reason: "Counted twice" };
    const note = textOf(await pagesOf(invoice({ kind: "credit_note", corrects })));
    expect(note).toContain("Credit note");
    expect(note).toContain("Invoice 2025-000041 of 3 Sep 2025 | Counted twice");
    expect(note).toContain("Amount credited");
  });
});

describe("pages", () => {
  it("repeats the head of the table, and counts: page x of y", async () => {
    const pages = await pagesOf(invoice({ lines: Array.from({ length: 200 }, (_, i) => line(`Line ${i}`)) }));
    expect(pages.length).toBeGreaterThan(5);
    pages.forEach((page, index) => {
      const rows = rowsOf(page);
      expect(rows.some((row) => row.endsWith(`Page ${index + 1} of ${pages.length}`))).toBe(true);
      if (rows.some((row) => row.startsWith("Line "))) expect(rows.join("\n")).toContain("Description | Quantity");
    });
    const titles = pages.flat().flatMap(({ text }) => /^Line \d+$/.exec(text)?.[0] ?? []);
    expect(titles).toEqual(Array.from({ length: 200 }, (_, i) => `Line ${i}`));
  });

  it("keeps a line with its steps on one page", async () => {
    const steps = Array.from({ length: 5 }, (_, i) => ({ text: `Step ${i}`, amount: "1" }));
    const pages = await pagesOf(invoice({ lines: Array.from({ length: 40 }, (_, i) => line(`Line ${i}`, { steps })) }));
    for (const page of pages) {
      const count = (pattern: RegExp): number => page.filter(({ text }) => pattern.test(text)).length;
      expect(count(/^Step \d$/)).toBe(count(/^Line \d+$/) * 5);
    }
  });

  it("aligns amounts at their right edge, in figures of one width", async () => {
    const amounts = ["1.00", "-777777.77", "-111111.11", "-1234567.89"];
    const [page = []] = await pagesOf(invoice({ lines: amounts.map((amount) => line("L", { amount })) }));
    const shown = page.filter(({ text }) => ["1.00", "-777,777.77", "-111,111.11", "-1,234,567.89"].includes(text));
    expect(shown).toHaveLength(4);
    for (const { right } of shown) expect(right).toBeCloseTo(595.28 - 48, 1);
    const widthOf = (text: string): number =>
      shown.filter((one) => one.text === text).reduce((width, { left, right }) => width + right - left, 0);
    expect(widthOf("-777,777.77")).toBeCloseTo(widthOf("-111,111.11"), 2);
  });

  it("loses no text and leaves no margin, however long the words, lines and numbers", async () => {
    const word = fc.string({
      unit: fc.constantFrom("a", "b", "Z", "0", "9", "-", "/", "é"),
      minLength: 1,
      maxLength: 200,
    });
    const text = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(" "));
    await fc.assert(
      fc.asyncProperty(text, text, fc.bigInt({ min: 0n, max: 10n ** 30n }), async (title, name, quantity) => {
        const long = line(title, { detail: name, quantity: `${quantity}.5`, unitPrice: `${quantity}` });
        const buyer = { name, addressLines: [title, name], taxIds: [{ label: title, value: name }] };
        const pages = await pagesOf(invoice({ lines: [long], buyer, notes: [title] }));
        for (const shown of pages.flat()) {
          expect(shown.left).toBeGreaterThanOrEqual(47.9);
          expect(shown.right).toBeLessThanOrEqual(595.28 - 47.9);
          expect(shown.baseline).toBeLessThanOrEqual(841.89 - 20);
        }
        const letters = (value: string): string => value.replaceAll(" ", "");
        const printed = letters(pages.flatMap((page) => page.map((shown) => shown.text)).join(""));
        for (const part of [...title.split(" "), ...name.split(" ")].filter((part) => part.length < 6))
          expect(printed).toContain(part);
      }),
      { numRuns: 12 },
    );
  });
});
