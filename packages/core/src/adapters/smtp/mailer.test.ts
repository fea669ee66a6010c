import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { Problem } from "../../kernel/index.ts";
import type { Mail } from "../../ports/index.ts";
import { openSmtp } from "./mailer.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Received {
  readonly to: string[];
  readonly from: string;
  readonly source: Buffer;
}

/** A mail server on this machine that keeps what it is given. */
const startServer = async (options: SMTPServerOptions = {}): Promise<{ url: string; received: Received[] }> => {
  const received: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        received.push({ from, to: rcptTo.map(({ address }) => address), source: Buffer.concat(chunks) });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}?from=billing@seller.example`, received };
};

const mail = (changes: Partial<Mail> = {}): Mail => ({
  messageId: "INV-202509-ACME.1@seller.example",
  to: [{ name: "Zoë Łukasz", address: "zoe@buyer.example" }],
  subject: "Invoice 2025-000042 über 119,00 €",
  text: "Dear Zoë,\n\nplease find the invoice attached.\n",
  attachments: [],
  ...changes,
});

const send = async (url: string, letter: Mail): Promise<void> => {
  const mailer = openSmtp(url, { senderName: "Northwind", now: () => new Date("2025-10-03T08:00:00Z") });
  try {
    await mailer.send(letter);
  } finally {
    mailer.close();
  }
};

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const outcome: unknown = await work.catch((error: unknown) => error);
  if (!(outcome instanceof Problem)) throw new Error("no problem");
  return outcome;
};

describe("mail over SMTP", () => {
  it("arrives with its sender, recipients, subject, text and date", async () => {
    const { url, received } = await startServer();
    const to = [...mail().to, { name: "", address: "ap@buyer.example" }];
    await send(url, mail({ to }));
    expect(received.map((one) => [one.from, one.to])).toEqual([
      ["billing@seller.example", ["zoe@buyer.example", "ap@buyer.example"]],
    ]);
    const parsed = await simpleParser(received[0]?.source ?? "");
    expect(parsed.from?.value).toMatchObject([{ name: "Northwind", address: "billing@seller.example" }]);
    expect([parsed.to].flat().flatMap((one) => one?.value ?? [])).toMatchObject(to);
    expect(parsed.subject).toBe(mail().subject);
    expect(parsed.text?.trim()).toBe(mail().text.trim());
    expect(parsed.date?.toISOString()).toBe("2025-10-03T08:00:00.000Z");
  });

  it("carries attachments byte for byte, under their names and types", async () => {
    const { url, received } = await startServer();
    const content = Uint8Array.from({ length: 100_003 }, (_, i) => (i * 31) % 256);
    const attachments = [{ filename: "Rechnung 42 – Łódź.pdf", contentType: "application/pdf", content }];
    await send(url, mail({ attachments }));
    const [file] = (await simpleParser(received[0]?.source ?? "")).attachments;
    expect(file?.filename).toBe("Rechnung 42 – Łódź.pdf");
    expect(file?.contentType).toBe("application/pdf");
    expect(file?.content.equals(Buffer.from(content))).toBe(true);
  });

  it("is the same message under the same Message-ID when it is sent again", async () => {
    const { url, received } = await startServer();
    const attachments = [{ filename: "a.pdf", contentType: "application/pdf", content: new Uint8Array([1, 2, 3]) }];
    await send(url, mail({ attachments }));
    await send(url, mail({ attachments }));
    expect(received).toHaveLength(2);
    expect(received[0]?.source.toString()).toBe(received[1]?.source.toString());
    expect(received[0]?.source.toString()).toContain("Message-ID: <INV-202509-ACME.1@seller.example>");
  });
});

describe("what could forge a header or redirect a mail is refused before it is sent", () => {
  it.each([
    [
      "a line break in an address",
      "to[0].address",
      { to: [{ name: "", address: "a@b.example\r\nBcc: evil@evil.example" }] },
    ],
    ["two addresses in one", "to[0].address", { to: [{ name: "", address: "a@b.example, evil@evil.example" }] }],
    [
      "two addresses joined by a semicolon",
      "to[0].address",
      { to: [{ name: "", address: "a@b.example;c@d.example" }] },
    ],
    [
      "an address within an address",
      "to[0].address",
      { to: [{ name: "", address: "<evil@evil.example>a@b.example" }] },
    ],
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
  ])("%s", async (_, field, changes: Partial<Mail>) => {
    const { url, received } = await startServer();
    const problem = await problemOf(send(url, mail(changes)));
    expect([problem.kind, problem.details[0]?.field]).toEqual(["invalid", field]);
    expect(received).toEqual([]);
  });

  it("a comma or an angle bracket in a name stays part of the name", async () => {
    const { url, received } = await startServer();
    await send(url, mail({ to: [{ name: "Doe, Jane <evil@evil.example>", address: "jane@buyer.example" }] }));
    expect(received[0]?.to).toEqual(["jane@buyer.example"]);
    const parsed = await simpleParser(received[0]?.source ?? "");
    expect([parsed.to].flat().flatMap((one) => one?.value ?? [])).toMatchObject([
      { name: "Doe, Jane <evil@evil.example>", address: "jane@buyer.example" },
    ]);
  });

  it("an international host name travels as ASCII", async () => {
    const { url, received } = await startServer();
    await send(url, mail({ to: [{ name: "", address: "a@bücher.example" }] }));
    expect(received[0]?.source.toString()).toContain("To: a@xn--bcher-kva.example\r\n");
  });
});

describe("failures of the transport", () => {
  const refusing = (at: "onMailFrom" | "onRcptTo", responseCode: number): SMTPServerOptions => ({
    [at]: (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
      done(Object.assign(new Error("refused here"), { responseCode })),
  });

  it.each([
    ["onRcptTo", 450, "transient"],
    ["onRcptTo", 421, "transient"],
    ["onRcptTo", 550, "invalid"],
    ["onMailFrom", 451, "transient"],
    ["onMailFrom", 553, "invalid"],
  ] as const)("%s answering %i is %s", async (at, code, kind) => {
    const { url } = await startServer(refusing(at, code));
    const problem = await problemOf(send(url, mail()));
    expect(problem.kind).toBe(kind);
    expect(problem.message).toContain("INV-202509-ACME.1@seller.example");
    expect(problem.message).toContain("refused here");
  });

  it.each([
    [451, "transient"],
    [554, "invalid"],
  ])("a message refused with %i after its data is %s", async (responseCode, kind) => {
    const { url } = await startServer({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on("end", () => done(Object.assign(new Error("no"), { responseCode })));
      },
    });
    expect((await problemOf(send(url, mail()))).kind).toBe(kind);
  });

  it("one of two recipients refused is a problem, though the other has the mail", async () => {
    const { url, received } = await startServer({
      onRcptTo: (address, _session, done) =>
        done(address.address.startsWith("zoe") ? Object.assign(new Error("unknown"), { responseCode: 550 }) : null),
    });
    const to = [...mail().to, { name: "", address: "ap@buyer.example" }];
    expect((await problemOf(send(url, mail({ to })))).kind).toBe("invalid");
    expect(received.map((one) => one.to)).toEqual([["ap@buyer.example"]]);
  });

  it("a server that is not there may be there later", async () => {
    const { url } = await startServer();
    for (const close of closers.splice(0)) await close();
    expect((await problemOf(send(url, mail()))).kind).toBe("transient");
  });

  it("a refused login is our own setting, and its password is in no message", async () => {
    const { url } = await startServer({
      disabledCommands: ["STARTTLS"],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error("bad credentials")),
    });
    const problem = await problemOf(send(url.replace("smtp://", "smtp://user:s3cret@"), mail()));
    expect([problem.kind, problem.code]).toEqual(["internal", "SMTP_LOGIN_REFUSED"]);
    expect(problem.message).not.toContain("s3cret");
  });

  it("nothing is sent in clear when encryption is asked for and the server has none", async () => {
    const { url, received } = await startServer();
    const problem = await problemOf(send(`${url}&requireTLS=true`, mail()));
    expect(problem.kind).not.toBe("transient");
    expect(received).toEqual([]);
  });
});

describe("SMTP_URL", () => {
  it.each([
    "",
    "mail.example.com",
    "http://mail.example.com",
    "smtp://mail.example.com",
    "smtp://mail.example.com?from=a@b,c@d",
  ])("%j is refused at start", (url) => {
    expect(() => openSmtp(url)).toThrow(/SMTP_URL/);
  });

  it("takes the user as the sender where it is an address", () => {
    expect(() => openSmtp("smtps://billing%40example.com:pw@mail.example.com").close()).not.toThrow();
  });
});
