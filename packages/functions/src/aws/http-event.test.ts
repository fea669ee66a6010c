import { expect, test } from "vitest";
import { answerOf, readEvent, requestOf } from "./http-event.ts";

const event = (more: object = {}, method = "POST"): unknown => ({
  rawPath: "/api/v1/tenants/a%2Fb",
  rawQueryString: "page_size=5&q=a%20b",
  headers: { "content-type": "application/json" },
  requestContext: { domainName: "api.example", http: { method, sourceIp: "203.0.113.9" } },
  ...more,
});

test("a request keeps its path and query as they were sent, its body and all of its cookies", async () => {
  const request = requestOf(readEvent(event({ body: '{"a":"ü"}', cookies: ["session=1", "csrf=2"] })));
  expect(request.url).toBe("https://api.example/api/v1/tenants/a%2Fb?page_size=5&q=a%20b");
  expect(await request.json()).toEqual({ a: "ü" });
  expect([request.method, request.headers.get("cookie")]).toEqual(["POST", "session=1; csrf=2"]);
});

test("a body in base64 is read as its bytes; a GET has none", async () => {
  const bytes = Buffer.from([0, 255, 13, 10]);
  const request = requestOf(readEvent(event({ body: bytes.toString("base64"), isBase64Encoded: true })));
  expect(Buffer.from(await request.arrayBuffer()).equals(bytes)).toBe(true);
  expect(requestOf(readEvent(event({ body: "x" }, "GET"))).body).toBeNull();
});

test("texts are answered as text, everything else in base64, and each cookie by itself", async () => {
  const headers = new Headers({ "content-type": "application/json; charset=UTF-8" });
  headers.append("set-cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT");
  headers.append("set-cookie", "b=2");
  expect(await answerOf(new Response('{"ü":1}', { status: 201, headers }))).toEqual({
    statusCode: 201,
    headers: { "content-type": "application/json; charset=UTF-8" },
    cookies: ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"],
    body: '{"ü":1}',
    isBase64Encoded: false,
  });
  const pdf = new Response(new Uint8Array([0, 255]), { headers: { "content-type": "application/pdf" } });
  expect(await answerOf(pdf)).toMatchObject({ body: "AP8=", isBase64Encoded: true });
  expect(await answerOf(new Response(null, { status: 204 }))).toMatchObject({ statusCode: 204, body: "" });
});

test("what is no event of the gateway is refused", () => {
  expect(() => readEvent({ httpMethod: "GET", path: "/" })).toThrow(/rawPath/);
});
