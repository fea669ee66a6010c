import type { Json } from "@commops/core/kernel";
import { expect, test } from "vitest";
import { redactorFor } from "./redact.ts";

const TOKEN = "AAAAKgAAAAIAAAAAAAAAAS0000000000000000000000000000";

const asking: Json = {
  StartAt: "Ask",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "Ask",
        States: { Ask: { Type: "Task", Parameters: { Payload: { "reply_to.$": "$$.Task.Token", "id.$": "$.id" } } } },
      },
    },
  },
};

test("the token of a task is not shown, whatever the definition calls it, nor where it stands later in other words", () => {
  const redactor = redactorFor(asking);
  expect(redactor.clean({ Payload: { reply_to: TOKEN, id: "INV-1" } })).toEqual({
    Payload: { reply_to: "[not shown]", id: "INV-1" },
  });
  const later = redactor.clean({ cause: `nobody answered ${TOKEN} in time`, list: [{ echo: TOKEN }] });
  expect(JSON.stringify(later)).not.toContain(TOKEN);
});

test("JSONata that hands the token out is seen, too", () => {
  const definition = { States: { Ask: { Type: "Task", Arguments: { reply: "{% $states.context.Task.Token %}" } } } };
  expect(redactorFor(definition).clean({ reply: TOKEN })).toEqual({ reply: "[not shown]" });
});

test.each(["TaskToken", "task_token", "client_secret", "Password", "Authorization", "api_key", "X-Amz-Signature"])(
  "what %s names is not shown, in JSON within a text neither",
  (name) => {
    const cleaned = redactorFor({}).clean({ [name]: "s3cr3t-value", body: JSON.stringify({ [name]: "0th3r-value" }) });
    expect(JSON.stringify(cleaned)).not.toMatch(/s3cr3t|0th3r/);
  },
);

test("what is no secret stays as it is: page tokens, amounts, nothing at all", () => {
  const value = { next_page_token: "abc", amount: "12.50", none: null, list: [1, true, "[not json"], token: null };
  expect(redactorFor({}).clean(value)).toEqual(value);
});
