import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { machineOf, runMachine, taskRunner, taskState } from "../../../../../testing/engine.ts";
import type { Json } from "../../../../kernel/index.ts";

const PROCESSOR_CONFIG = { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" };
const each = (state: object): object => ({ ProcessorConfig: PROCESSOR_CONFIG, ...machineOf(state) });
const PASS = { Type: "Pass", End: true };

const mapped = (more: object, state: object = PASS): object =>
  machineOf({ Type: "Map", ItemProcessor: each(state), End: true, ...more });

const reader = (ReaderConfig: object, Key: string): object => ({
  ItemReader: { Resource: "arn:aws:states:::s3:getObject", ReaderConfig, Parameters: { Bucket: "b", Key } },
});

const outputs = async (definition: object, objects: Record<string, string> = {}, input: Json = {}): Promise<Json> => {
  const ended = await runMachine({ definition, input, objects: new Map(Object.entries(objects)) });
  expect(ended).toMatchObject({ status: "SUCCEEDED" });
  return ended.output ?? null;
};

describe("ItemBatcher", () => {
  const items: Json = { all: [1, 2, 3, 4, 5], limit: 2, tenant: "T" };

  it("gives each child at most so many items, in order, with what all share", async () => {
    const ItemBatcher = { MaxItemsPerBatchPath: "$.limit", BatchInput: { "tenant.$": "$.tenant" } };
    const BatchInput = { tenant: "T" };
    expect(await outputs(mapped({ ItemsPath: "$.all", ItemBatcher }), {}, items)).toEqual([
      { BatchInput, Items: [1, 2] },
      { BatchInput, Items: [3, 4] },
      { BatchInput, Items: [5] },
    ]);
  });

  it("never makes an input larger than so many bytes, unless one item alone is", async () => {
    const texts = ["aaaa", "bbbb", "c".repeat(60), "dddd"];
    const bytes = '{"Items":["aaaa","bbbb"]}'.length;
    const result = await outputs(mapped({ ItemBatcher: { MaxInputBytesPerBatch: bytes } }), {}, texts);
    expect(result).toEqual([{ Items: ["aaaa", "bbbb"] }, { Items: ["c".repeat(60)] }, { Items: ["dddd"] }]);
  });

  it("batches what ItemSelector made of the items", async () => {
    const more = { ItemSelector: { "n.$": "$$.Map.Item.Value" }, ItemBatcher: { MaxItemsPerBatch: 5 } };
    expect(await outputs(mapped(more), {}, [7, 8])).toEqual([{ Items: [{ n: 7 }, { n: 8 }] }]);
  });
});

describe("ItemReader", () => {
  it("reads JSON lines, and says which line is none", async () => {
    const definition = mapped(reader({ InputType: "JSONL" }, "a.jsonl"));
    expect(await outputs(definition, { "b/a.jsonl": '{"n":1}\n\n{"n":2}\n' })).toEqual([{ n: 1 }, { n: 2 }]);
    const ended = await runMachine({ definition, objects: new Map([["b/a.jsonl", '{"n":1}\noops\n']]) });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.ItemReaderFailed" });
    expect(ended.cause).toContain("Line 2");
  });

  it("reads the files that an inventory manifest names, under the names of its schema", async () => {
    const manifest = {
      fileFormat: "CSV",
      fileSchema: "Bucket, Key, Size",
      files: [{ key: "1.csv" }, { key: "2.csv" }],
    };
    const objects = {
      "b/manifest.json": JSON.stringify(manifest),
      "b/1.csv": '"b","x, y","10"\n',
      "b/2.csv": '"b","z","20"\n',
    };
    expect(await outputs(mapped(reader({ InputType: "MANIFEST" }, "manifest.json")), objects)).toEqual([
      { Bucket: "b", Key: "x, y", Size: "10" },
      { Bucket: "b", Key: "z", Size: "20" },
    ]);
  });

  it("reads CSV with quotes, line ends within cells, another delimiter and no more than MaxItems", async () => {
    const config = { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW", CSVDelimiter: "SEMICOLON", MaxItems: 2 };
    const text = 'a;b\r\n"1;1";"say ""hi""\r\nthere"\r\n2;3\r\n4;5\r\n';
    expect(await outputs(mapped(reader(config, "a.csv")), { "b/a.csv": text })).toEqual([
      { a: "1;1", b: 'say "hi"\r\nthere' },
      { a: "2", b: "3" },
    ]);
  });

  it("lists the objects under a prefix, in the order of their keys", async () => {
    const ItemReader = { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "b", Prefix: "in/" } };
    const definition = mapped(
      { ItemReader },
      { Type: "Pass", Parameters: { "k.$": "$.Key", "s.$": "$.Size" }, End: true },
    );
    const objects = { "b/in/2": "xx", "b/out/9": "", "b/in/1": "x" };
    expect(await outputs(definition, objects)).toEqual([
      { k: "in/1", s: 1 },
      { k: "in/2", s: 2 },
    ]);
  });

  it("takes the list that ItemsPointer names, and an object by its members", async () => {
    const objects = { "b/a.json": '{"data":{"rows":[1,2]},"map":{"x":1}}' };
    const at = (ItemsPointer: string): object => mapped(reader({ InputType: "JSON", ItemsPointer }, "a.json"));
    expect(await outputs(at("/data/rows"), objects)).toEqual([1, 2]);
    expect(await outputs(at("/map"), objects)).toEqual([{ Key: "x", Value: 1 }]);
  });

  it("fails with States.ItemReaderFailed, which can be caught, where there is no object", async () => {
    const Catch = [{ ErrorEquals: ["States.ItemReaderFailed"], Next: "Caught" }];
    const definition = {
      StartAt: "Read",
      States: {
        Read: { Type: "Map", ItemProcessor: each(PASS), Catch, End: true, ...reader({ InputType: "JSON" }, "none") },
        Caught: { Type: "Succeed" },
      },
    };
    expect((await runMachine({ definition })).status).toBe("SUCCEEDED");
  });

  it("unpacks what is compressed", async () => {
    const objects = new Map([["b/a.jsonl.gz", gzipSync('{"n":1}\n')]]);
    const ended = await runMachine({ definition: mapped(reader({ InputType: "JSONL" }, "a.jsonl.gz")), objects });
    expect(ended.output).toEqual([{ n: 1 }]);
  });
});

const odd = taskRunner({
  odd: (parameters) =>
    Number(parameters) % 2 === 1 ? { error: "Odd", cause: JSON.stringify(parameters) } : { output: [parameters] },
});

describe("ResultWriter", () => {
  const written = async (WriterConfig: object | undefined): Promise<{ output: Json; files: Map<string, string> }> => {
    const files = new Map<string, string>();
    const ResultWriter = {
      Resource: "arn:aws:states:::s3:putObject",
      Parameters: { Bucket: "out", Prefix: "runs" },
      ...(WriterConfig === undefined ? {} : { WriterConfig }),
    };
    const definition = mapped({ ResultWriter, ToleratedFailureCount: 1 }, taskState("odd"));
    const ended = await runMachine({ definition, input: [2, 3, 4], tasks: odd, objects: files });
    expect(ended.status).toBe("SUCCEEDED");
    return { output: ended.output ?? null, files };
  };
  const find = (files: Map<string, string>, name: string): string =>
    [...files].find(([key]) => key.endsWith(name))?.[1] ?? "";

  it("writes what succeeded and what failed apart, and gives the place of the manifest that names both", async () => {
    const { output, files } = await written(undefined);
    const manifest = JSON.parse(find(files, "manifest.json")) as Record<string, Record<string, { Key: string }[]>>;
    expect(output).toMatchObject({ ResultWriterDetails: { Bucket: "out" } });
    expect(manifest).toMatchObject({ DestinationBucket: "out", ResultFiles: { PENDING: [] } });
    expect(manifest.ResultFiles?.SUCCEEDED?.[0]?.Key).toMatch(/^runs\/.*\/SUCCEEDED_0\.json$/);
    expect(JSON.parse(find(files, "SUCCEEDED_0.json"))).toMatchObject([
      { Input: "2", Output: "[2]", Status: "SUCCEEDED" },
      { Input: "4", Output: "[4]", Status: "SUCCEEDED" },
    ]);
    expect(JSON.parse(find(files, "FAILED_0.json"))).toMatchObject([{ Input: "3", Error: "Odd", Status: "FAILED" }]);
  });

  it("writes outputs alone, one a line, and lists within them flat, as asked", async () => {
    const compact = await written({ OutputType: "JSONL", Transformation: "COMPACT" });
    expect(find(compact.files, "SUCCEEDED_0.jsonl")).toBe("[2]\n[4]\n");
    const flat = await written({ OutputType: "JSON", Transformation: "FLATTEN" });
    expect(find(flat.files, "SUCCEEDED_0.json")).toBe("[2,4]");
  });
});

describe("failures of children", () => {
  const run = (more: object, input: Json = [2, 3, 4, 5]) =>
    runMachine({ definition: mapped(more, taskState("odd")), input, tasks: odd });

  it("fail the Map when more fail than it tolerates, by count or by percentage", async () => {
    expect((await run({})).error).toBe("States.ExceedToleratedFailureThreshold");
    expect((await run({ ToleratedFailureCount: 1 })).error).toBe("States.ExceedToleratedFailureThreshold");
    expect((await run({ ToleratedFailureCount: 2 })).output).toEqual([[2], [4]]);
    expect((await run({ ToleratedFailurePercentage: 50 })).status).toBe("SUCCEEDED");
    expect((await run({ ToleratedFailurePercentage: 49 })).status).toBe("FAILED");
  });

  it("children see neither the variables nor the execution of their parent", async () => {
    const definition = {
      StartAt: "Set",
      States: {
        Set: { Type: "Pass", Assign: { x: 1 }, Next: "Each" },
        Each: {
          Type: "Map",
          ItemsPath: "$.items",
          ItemProcessor: each({
            Type: "Pass",
            Parameters: { "input.$": "$$.Execution.Input", "x.$": "$x" },
            End: true,
          }),
          End: true,
        },
      },
    };
    expect((await runMachine({ definition, input: { items: [1] } })).status).toBe("FAILED");
  });
});
