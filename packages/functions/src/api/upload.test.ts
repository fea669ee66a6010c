import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { action } from "@commops/core/record";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type TestApi, testApi } from "../../testing/api.ts";
import { routes, work } from "./route.ts";
import { clearArriving } from "./upload.ts";

const read: Record<string, string>[] = [];
const paths: string[] = [];
const readFiles = action(
  "probe.read",
  { needs: "cost:write", input: z.object({ path: z.string(), note: z.string().optional() }) },
  async (door, input) => {
    paths.push(input.path);
    if (input.note === "fail") throw new TypeError("broken");
    const names = await readdir(input.path).catch(() => [""]);
    const contents = await Promise.all(
      names.map(
        async (name) => [name || basename(input.path), await readFile(join(input.path, name), "utf8")] as const,
      ),
    );
    read.push(Object.fromEntries(contents));
    return door.unchanged({ note: input.note ?? null });
  },
);
const table = routes({
  "POST /files": work(readFiles, "Reads files", { takesFiles: true }),
});

let api: TestApi;
let folder: string;
let token: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-upload-"));
  api = await testApi({ uploadFolder: join(folder, "uploads") }, table);
  token = await api.token("platform_engineer");
});
beforeEach(() => void read.splice(0));
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

const upload = async (files: Record<string, string>, options: { key?: string; note?: string; token?: string } = {}) => {
  const form = new FormData();
  if (options.note !== undefined) form.set("note", options.note);
  for (const [name, content] of Object.entries(files)) form.append("file", new File([content], name));
  const request = new Request("http://localhost/", { method: "POST", body: form });
  const answer = await api.send("POST /files", {
    token: options.token ?? token,
    body: await request.text(),
    headers: {
      "content-type": request.headers.get("content-type") ?? "",
      ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
    },
  });
  await api.settled();
  return answer;
};
const left = () => readdir(join(folder, "uploads")).catch(() => []);
test("an uploaded file is what the work reads, and it is gone when the work has ended", async () => {
  const answer = await upload({ "cur.csv": "a,b\n1,2\n" }, { note: "hello" });
  expect(answer).toMatchObject({ status: 202, body: { run_id: expect.stringMatching(/^RUN-/) } });
  expect(read).toEqual([{ "cur.csv": "a,b\n1,2\n" }]);
  expect(await left()).toEqual([]);
});

test("several files come as a folder", async () => {
  await upload({ "a.csv": "1", "manifest.json": "{}" });
  expect(read).toEqual([{ "a.csv": "1", "manifest.json": "{}" }]);
});

test("a lone manifest comes as its folder, so that nothing beside or above the upload is taken for its files", async () => {
  await upload({ "x-Manifest.json": "{}" });
  expect(read).toEqual([{ "x-Manifest.json": "{}" }]);
  expect(paths.at(-1)).not.toMatch(/json$/);
});

test("a file's name cannot leave its folder", async () => {
  await upload({ "../../../etc/passwd": "x", "..\\..\\b.csv": "y" });
  expect(read).toEqual([{ passwd: "x", "b.csv": "y" }]);
});

test.each([
  ["no file", {}],
  ["a name of dots", { "..": "x" }],
])("%s is refused and leaves nothing behind", async (_, files) => {
  expect((await upload(files)).status).toBe(400);
  expect(await left()).toEqual([]);
});

test("two files of one name are refused while the rest still arrives, and the process that took them lives on", async () => {
  const form = new FormData();
  for (const content of ["one", "two", "three"]) form.append("file", new File([content], "same.csv"));
  const request = new Request("http://localhost/", { method: "POST", body: form });
  const whole = Buffer.from(await request.arrayBuffer());
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(whole.subarray(0, -50));
      await setTimeout(50);
      controller.enqueue(whole.subarray(-50));
      controller.close();
    },
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    const answer = await api.send("POST /files", { token, body, headers });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("same.csv stands twice") } },
    });
  } finally {
    process.off("unhandledRejection", note);
  }
  expect([unhandled, await left()]).toEqual([[], []]);
});

test("an upload whose sender goes away is over at once, and leaves nothing behind", async () => {
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(
        Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nhalf of it'),
      );
      await setTimeout(20);
      controller.error(new Error("the socket was closed"));
    },
  });
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  expect(await api.send("POST /files", { token, body, headers })).toMatchObject({ status: 400 });
  expect(await left()).toEqual([]);
});

test("what was on its way when a process ended is gone before the next one takes uploads; what was whole stays", async () => {
  const uploads = join(folder, "left-behind");
  await mkdir(join(uploads, "arriving-1"), { recursive: true });
  await mkdir(join(uploads, "whole"));
  await writeFile(join(uploads, "arriving-1", "half.csv"), "x");
  await clearArriving(uploads);
  await clearArriving(join(folder, "nowhere"));
  expect(await readdir(uploads)).toEqual(["whole"]);
});

test("a body that ends too early, or names no boundary, is refused and leaves nothing behind", async () => {
  const answer = await api.send("POST /files", {
    token,
    body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nhalf',
    headers: { "content-type": "multipart/form-data; boundary=x" },
  });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: "INVALID_ARGUMENT" } } });
  const headers = { "content-type": "multipart/form-data" };
  expect(await api.send("POST /files", { token, body: "no boundary", headers })).toMatchObject({ status: 400 });
  expect(await left()).toEqual([]);
});

test("the same key and files are one run; the same key with other files is a conflict", async () => {
  const first = await upload({ "a.csv": "1" }, { key: "k1" });
  const again = await upload({ "a.csv": "1" }, { key: "k1" });
  expect(again).toMatchObject({ status: 202, body: first.body });
  expect(read).toHaveLength(1);
  expect((await upload({ "a.csv": "2" }, { key: "k1" })).status).toBe(409);
  expect(await left()).toEqual([]);
});

test("work that fails removes its files, and its cause is in the log only", async () => {
  await upload({ "a.csv": "1" }, { note: "fail" });
  expect(api.log.find((entry) => entry.message === "run failed")?.["error"]).toMatch(/broken/);
  expect(await left()).toEqual([]);
});

test("a path names what is on the machine, and that stays", async () => {
  await writeFile(join(folder, "mine.csv"), "here");
  await api.send("POST /files", { token, body: { path: join(folder, "mine.csv") } });
  await api.settled();
  expect(read).toEqual([{ "mine.csv": "here" }]);
  expect(await readFile(join(folder, "mine.csv"), "utf8")).toBe("here");
});

test("who may not import is told before anything is stored", async () => {
  expect((await upload({ "a.csv": "1" }, { token: await api.token("auditor") })).status).toBe(403);
  expect(await left()).toEqual([]);
});
