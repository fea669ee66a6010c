import PDFDocument from "pdfkit";
import type { Documents, InvoiceDocument } from "../../ports/index.ts";
import { startOfDay } from "../../time/index.ts";
import { checkCharacters, checkFields, textsOf } from "./check.ts";
import { drawClosing, drawMargins } from "./closing.ts";
import { familiesFor, forgetGlyphs, type LoadedFamily } from "./fonts.ts";
import { drawHead } from "./head.ts";
import { drawLines } from "./lines.ts";
import { PAGE, Sheet } from "./sheet.ts";
import { drawTotals } from "./totals.ts";
import { Typesetter } from "./typesetter.ts";
import { titleText } from "./wording.ts";

const open = (document: InvoiceDocument): PDFKit.PDFDocument =>
  new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    // No default font: only fonts that are embedded.
    font: "",
    autoFirstPage: false,
    bufferPages: true,
    // How zlib compresses differs from one machine to the next; the bytes must not.
    compress: false,
    pdfVersion: "1.7",
    tagged: true,
    lang: "en",
    displayTitle: true,
    info: {
      // pdfkit writes it into XML as it is.
      Title: titleText(document).replace(/[<>&]/g, " "),
      Producer: "Commercial-Ops",
      Creator: "Commercial-Ops",
      CreationDate: startOfDay(document.issueDate),
    },
  });

/** In one go, without a pause: documents that are printed at the same time share the fonts. */
const draw = (document: InvoiceDocument, families: readonly LoadedFamily[]): PDFKit.PDFDocument => {
  forgetGlyphs(families);
  const pdf = open(document);
  const sheet = new Sheet(pdf, new Typesetter(pdf, families));
  const root = pdf.struct("Document");
  pdf.addStructure(root);
  drawHead(sheet, root, document);
  drawLines(sheet, root, document);
  drawTotals(sheet, root, document);
  drawClosing(sheet, root, document);
  drawMargins(sheet, document);
  pdf.end();
  return pdf;
};

/** Prints invoices and credit notes as tagged PDF, with embedded fonts and the same bytes whenever and wherever it runs. */
export const openDocuments = (): Documents => ({
  renderInvoice: async (document) => {
    const fields = textsOf(document);
    checkFields(document, fields);
    const { families, missing } = await familiesFor(fields.map(({ text }) => text).join(""));
    checkCharacters(fields, missing);
    const chunks: Uint8Array[] = [];
    for await (const chunk of draw(document, families)) chunks.push(chunk as Uint8Array);
    return new Uint8Array(Buffer.concat(chunks));
  },
});
