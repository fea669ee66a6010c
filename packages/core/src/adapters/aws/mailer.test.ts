import { SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSesDouble, refused, type SesDouble } from "../../../testing/aws/ses.ts";
import { mail, mailerContract, SENDER, SENT_AT } from "../../../testing/mailer-contract.ts";
import type { Mailer } from "../../ports/index.ts";
import { openSes } from "./mailer.ts";

const clientOf = (endpoint: string): SESv2Client =>
  new SESv2Client({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  });

const options = { from: SENDER, configurationSet: "commops-test", now: () => SENT_AT };

describe("the contract", () => {
  mailerContract(async () => {
    const double = await openSesDouble();
    const client = clientOf(double.endpoint);
    return {
      mailer: openSes(client, options),
      received: () => double.sent.map(({ source }) => source),
      close: async () => {
        client.destroy();
        await double.close();
      },
    };
  });
});

describe("mail over SES", () => {
  let double: SesDouble;
  let client: SESv2Client;
  let mailer: Mailer;
  beforeAll(async () => {
    double = await openSesDouble();
    client = clientOf(double.endpoint);
    mailer = openSes(client, options);
  });
  afterAll(async () => {
    client.destroy();
    await double.close();
  });

  it("goes to its recipients by the envelope, with the configuration set and a tag that stays over repeats", async () => {
    await mailer.send(mail());
    await mailer.send(mail());
    const [first, second] = double.sent;
    expect(first).toMatchObject({
      from: SENDER.address,
      to: ["zoe@buyer.example"],
      configurationSet: "commops-test",
    });
    expect(first?.tags["message"]).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.tags).toEqual(first?.tags);
  });

  it.each([
    ["MessageRejected", 400, "invalid"],
    ["BadRequestException", 400, "invalid"],
    ["SendingPausedException", 400, "transient"],
    ["MailFromDomainNotVerifiedException", 400, "internal"],
    ["AccountSuspendedException", 400, "internal"],
    ["NotFoundException", 404, "internal"],
    ["AccessDeniedException", 403, "internal"],
  ])("%s is told once, as %s", async (type, status, kind) => {
    double.disturb(1, refused(type, "said the service", status));
    const error: unknown = await mailer.send(mail()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind });
    expect((error as Error).message).toContain("INV-202509-ACME.1@seller.example");
    expect((error as Error).message).toContain("said the service");
  });

  it.each(["TooManyRequestsException", "LimitExceededException"])("%s that stays is transient", async (type) => {
    double.disturb(3, refused(type, "slow down", 429));
    await expect(mailer.send(mail())).rejects.toMatchObject({ kind: "transient" });
  });

  it("more recipients than the service takes are refused", async () => {
    const to = Array.from({ length: 51 }, (_, index) => ({ name: "", address: `a${index}@b.example` }));
    await expect(mailer.send(mail({ to }))).rejects.toMatchObject({ kind: "invalid", code: "MAIL_REFUSED" });
  });
});
