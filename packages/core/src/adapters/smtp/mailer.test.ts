import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { mail, mailerContract, SENDER, SENT_AT } from "../../../testing/mailer-contract.ts";
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

const send = async (url: string, letter: Mail): Promise<void> => {
  const mailer = openSmtp(url, { senderName: SENDER.name, now: () => SENT_AT });
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
  mailerContract(async () => {
    const { url, received } = await startServer();
    const mailer = openSmtp(url, { senderName: SENDER.name, now: () => SENT_AT });
    return { mailer, received: () => received.map(({ source }) => source), close: () => mailer.close() };
  });

  it("goes to its recipients by the envelope, from the sender", async () => {
    const { url, received } = await startServer();
    await send(url, mail({ to: [...mail().to, { name: "", address: "ap@buyer.example" }] }));
    expect(received.map((one) => [one.from, one.to])).toEqual([
      ["billing@seller.example", ["zoe@buyer.example", "ap@buyer.example"]],
    ]);
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
