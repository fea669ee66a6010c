import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mailerContract, SENDER, SENT_AT } from "../../../testing/mailer-contract.ts";
import type { Mail } from "../../ports/index.ts";
import { openMailbox } from "./mailbox.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-mailbox-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mail = (changes: Partial<Mail> = {}): Mail => ({
  messageId: "INV-1@seller.example",
  to: [{ name: "Zoë", address: "zoe@buyer.example" }],
  subject: "Invoice 1 €",
  text: "Dear Zoë\n",
  attachments: [{ filename: "invoice.pdf", contentType: "application/pdf", content: new Uint8Array([0, 255, 13, 10]) }],
  ...changes,
});

const at = (time: string) => ({ now: () => new Date(time) });

describe("the local outbox", () => {
  mailerContract(async () => {
    const own = await mkdtemp(join(tmpdir(), "commops-mailbox-"));
    const box = await openMailbox(own, { from: SENDER, now: () => SENT_AT });
    return {
      mailer: box,
      received: async () => Promise.all((await box.list()).map(({ messageId }) => box.source(messageId))),
      close: () => rm(own, { recursive: true, force: true }),
    };
  });

  it("keeps a mail as any mail program can open it", async () => {
    const box = await openMailbox(folder, at("2025-10-03T08:00:00Z"));
    await box.send(mail());
    const source = await box.source("INV-1@seller.example");
    const parsed = await simpleParser(Buffer.from(source));
    expect([parsed.messageId, parsed.subject, parsed.text?.trim()]).toEqual([
      "<INV-1@seller.example>",
      "Invoice 1 €",
      "Dear Zoë",
    ]);
    expect(parsed.attachments.map(({ filename, content }) => [filename, [...content]])).toEqual([
      ["invoice.pdf", [0, 255, 13, 10]],
    ]);
    expect(await box.read("INV-1@seller.example")).toEqual({
      messageId: "INV-1@seller.example",
      to: [{ name: "Zoë", address: "zoe@buyer.example" }],
      subject: "Invoice 1 €",
      at: "2025-10-03T08:00:00.000Z",
      size: source.byteLength,
      text: "Dear Zoë\n",
      attachments: [{ filename: "invoice.pdf", contentType: "application/pdf", size: 4 }],
    });
  });

  it("keeps a mail once, however often and from however many sides it is sent", async () => {
    const first = await openMailbox(folder, at("2025-10-03T08:00:00Z"));
    await first.send(mail());
    const later = await openMailbox(folder, at("2025-10-04T08:00:00Z"));
    await Promise.all([
      later.send(mail()),
      later.send(mail({ messageId: "INV-2@s.example" })),
      later.send(mail({ messageId: "INV-2@s.example" })),
    ]);
    expect((await later.list()).map(({ messageId, at }) => [messageId, at])).toEqual([
      ["INV-2@s.example", "2025-10-04T08:00:00.000Z"],
      ["INV-1@seller.example", "2025-10-03T08:00:00.000Z"],
    ]);
  });

  it("lists newest first, without the text", async () => {
    const box = await openMailbox(folder, at("2025-10-03T08:00:00Z"));
    expect(await box.list()).toEqual([]);
    await box.send(mail());
    const [entry] = await box.list();
    expect(Object.keys(entry ?? {}).toSorted()).toEqual(["at", "messageId", "size", "subject", "to"]);
  });

  it("says which mail is not there", async () => {
    const box = await openMailbox(folder);
    await expect(box.read("../../etc/passwd")).rejects.toMatchObject({ kind: "missing" });
    await expect(box.source("no@where.example")).rejects.toThrow(/no@where\.example/);
  });
});
