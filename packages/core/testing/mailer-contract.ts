import { type ParsedMail, simpleParser } from "mailparser";
import { afterEach, expect, it } from "vitest";
import type { Mail, Mailer } from "../src/ports/index.ts";

/** A mailer that sends as "Northwind" <billing@seller.example> on 3 October 2025 at 08:00 UTC, and what came out of it. */
export interface PostOffice {
  readonly mailer: Mailer;
  /** The messages as they arrived, in order. */
  received(): Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  close(): Promise<void> | void;
}

export const SENDER = { name: "Northwind", address: "billing@seller.example" };
export const SENT_AT = new Date("2025-10-03T08:00:00Z");

export const mail = (changes: Partial<Mail> = {}): Mail => ({
  messageId: "INV-202509-ACME.1@seller.example",
  to: [{ name: "Zoë Łukasz", address: "zoe@buyer.example" }],
  subject: "Invoice 2025-000042 über 119,00 €",
  text: "Dear Zoë,\n\nplease find the invoice attached.\n",
  attachments: [],
  ...changes,
});

/** What could forge a header or redirect a mail, with the field that is at fault. */
const FORGED: readonly [string, string, Partial<Mail>][] = [
  [
    "a line break in an address",
    "to[0].address",
    { to: [{ name: "", address: "a@b.example\r\nBcc: evil@evil.example" }] },
  ],
  ["two addresses in one", "to[0].address", { to: [{ name: "", address: "a@b.example, evil@evil.example" }] }],
  ["two addresses joined by a semicolon", "to[0].address", { to: [{ name: "", address: "a@b.example;c@d.example" }] }],
  ["an address within an address", "to[0].address", { to: [{ name: "", address: "<evil@evil.example>a@b.example" }] }],
  ["a quoted local part", "to[0].address", { to: [{ name: "", address: '"evil@evil.example x"@b.example' }] }],
  ["an address literal", "to[0].address", { to: [{ name: "", address: "a@[127.0.0.1]" }] }],
  ["a percent hack", "to[0].address", { to: [{ name: "", address: "a@b.example%00.evil.example" }] }],
  ["no address", "to[0].address", { to: [{ name: "", address: "nobody" }] }],
  ["nobody", "to", { to: [] }],
  ["a line break in a name", "to[0].name", { to: [{ name: "A\nBcc: evil@evil.example", address: "a@b.example" }] }],
  ["a line break in the subject", "subject", { subject: "x\r\nBcc: evil@evil.example" }],
  ["a line break in the message id", "messageId", { messageId: "a@b\r\nBcc: evil@evil.example" }],
  [
    "a folder in a file name",
    "attachments[0].filename",
    { attachments: [{ filename: "../a", contentType: "a/b", content: new Uint8Array() }] },
  ],
  [
    "a line break in a type",
    "attachments[0].contentType",
    { attachments: [{ filename: "a", contentType: "a/b\r\nX: y", content: new Uint8Array() }] },
  ],
];

const recipientsOf = ({ to }: ParsedMail) => [to].flat().flatMap((one) => one?.value ?? []);

/** What every adapter of the Mailer port keeps. */
export const mailerContract = (open: () => Promise<PostOffice>): void => {
  const offices: PostOffice[] = [];
  const opened = async (): Promise<PostOffice> => {
    const office = await open();
    offices.push(office);
    return office;
  };
  afterEach(async () => {
    for (const office of offices.splice(0)) await office.close();
  });
  const parsed = async (office: PostOffice): Promise<ParsedMail> =>
    simpleParser(Buffer.from((await office.received())[0] ?? []));

  it("a mail arrives with its sender, recipients, subject, text, date and Message-ID", async () => {
    const office = await opened();
    const to = [...mail().to, { name: "", address: "ap@buyer.example" }];
    await office.mailer.send(mail({ to }));
    const found = await parsed(office);
    expect(found.from?.value).toMatchObject([SENDER]);
    expect(recipientsOf(found)).toMatchObject(to);
    expect([found.subject, found.text?.trim()]).toEqual([mail().subject, mail().text.trim()]);
    expect([found.date, found.messageId]).toEqual([SENT_AT, `<${mail().messageId}>`]);
  });

  it("attachments arrive byte for byte, under their names and types", async () => {
    const office = await opened();
    const content = Uint8Array.from({ length: 100_003 }, (_, i) => (i * 31) % 256);
    const attachments = [{ filename: "Rechnung 42 – Łódź.pdf", contentType: "application/pdf", content }];
    await office.mailer.send(mail({ attachments }));
    const [file] = (await parsed(office)).attachments;
    expect([file?.filename, file?.contentType]).toEqual(["Rechnung 42 – Łódź.pdf", "application/pdf"]);
    expect(file?.content.equals(Buffer.from(content))).toBe(true);
  });

  it("a mail that is sent again is the same message under the same Message-ID", async () => {
    const office = await opened();
    const attachments = [{ filename: "a.pdf", contentType: "application/pdf", content: new Uint8Array([1, 2, 3]) }];
    await office.mailer.send(mail({ attachments }));
    await office.mailer.send(mail({ attachments }));
    const sources = (await office.received()).map((source) => Buffer.from(source).toString());
    expect(new Set(sources).size).toBe(1);
    expect(sources[0]).toContain(`Message-ID: <${mail().messageId}>`);
  });

  it.each(FORGED)("%s is refused before anything is sent", async (_, field, changes) => {
    const office = await opened();
    const refused = { kind: "invalid", details: [{ field }] };
    await expect(office.mailer.send(mail(changes))).rejects.toMatchObject(refused);
    expect(await office.received()).toEqual([]);
  });

  it("a comma or an angle bracket in a name stays part of the name", async () => {
    const office = await opened();
    const jane = { name: "Doe, Jane <evil@evil.example>", address: "jane@buyer.example" };
    await office.mailer.send(mail({ to: [jane] }));
    expect(recipientsOf(await parsed(office))).toMatchObject([jane]);
  });

  it("an international host name travels as ASCII", async () => {
    const office = await opened();
    await office.mailer.send(mail({ to: [{ name: "", address: "a@bücher.example" }] }));
    const [source] = await office.received();
    expect(Buffer.from(source ?? []).toString()).toContain("To: a@xn--bcher-kva.example\r\n");
  });
};
