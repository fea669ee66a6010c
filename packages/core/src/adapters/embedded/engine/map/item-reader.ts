import { gunzipSync } from "node:zlib";
import type { Json } from "../../../../kernel/index.ts";
import type { ObjectStore } from "../effects.ts";
import { Failure } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import type { Frame } from "../language.ts";
import type { Entered } from "../run.ts";
import { csvItems } from "./csv-items.ts";

const failed = (reason: string): Failure => new Failure("States.ItemReaderFailed", reason);

const textOf = (fields: JsonObject, name: string): string => {
  const value = fields[name];
  if (typeof value !== "string") throw failed(`The item reader needs ${name}.`);
  return value;
};

const contentOf = async (objects: ObjectStore, bucket: string, key: string): Promise<string> => {
  const bytes = await objects.read(bucket, key);
  return new TextDecoder().decode(key.endsWith(".gz") ? gunzipSync(bytes) : bytes);
};

const parsed = (text: string, what: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw failed(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const headersOf = (config: JsonObject): string[] | undefined => {
  const { CSVHeaders, CSVHeaderLocation } = config;
  if (CSVHeaderLocation !== "GIVEN") return undefined;
  if (!isArray(CSVHeaders)) throw failed("CSVHeaderLocation GIVEN needs CSVHeaders.");
  return CSVHeaders.map(String);
};

/** ItemsPointer (RFC 6901): where in a JSON file the list stands. */
const pointed = (value: Json, pointer: string): Json =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json>((node, part) => {
      const next = isArray(node) ? node[Number(part)] : isObject(node) ? node[part] : undefined;
      if (next === undefined) throw failed(`ItemsPointer ${pointer} leads nowhere.`);
      return next;
    }, value);

const jsonItems = (text: string, config: JsonObject): readonly Json[] => {
  const whole = parsed(text, "The file");
  const value = typeof config.ItemsPointer === "string" ? pointed(whole, config.ItemsPointer) : whole;
  if (isArray(value)) return value;
  if (isObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value: Value ?? null }));
  throw failed("Attempting to map over non-iterable node.");
};

const lineItems = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => parsed(line, `Line ${index + 1}`));

/** An S3 Inventory manifest: the items are the lines of all files it names, under the names of its schema. */
const manifestItems = async (objects: ObjectStore, bucket: string, text: string): Promise<JsonObject[]> => {
  const manifest = parsed(text, "The manifest");
  if (!isObject(manifest) || !isArray(manifest.files)) throw failed("The manifest names no files.");
  if (manifest.fileFormat !== "CSV")
    throw failed(`A manifest of ${JSON.stringify(manifest.fileFormat)} files cannot be read.`);
  const headers = textOf(manifest, "fileSchema")
    .split(",")
    .map((name) => name.trim());
  const items: JsonObject[] = [];
  for (const file of manifest.files.filter(isObject))
    items.push(...csvItems(await contentOf(objects, bucket, textOf(file, "key")), headers, "COMMA"));
  return items;
};

const itemsIn = async (
  objects: ObjectStore,
  bucket: string,
  key: string,
  config: JsonObject,
): Promise<readonly Json[]> => {
  const text = await contentOf(objects, bucket, key);
  switch (config.InputType) {
    case "CSV":
      return csvItems(text, headersOf(config), typeof config.CSVDelimiter === "string" ? config.CSVDelimiter : "COMMA");
    case "JSON":
      return jsonItems(text, config);
    case "JSONL":
      return lineItems(text);
    case "MANIFEST":
      return manifestItems(objects, bucket, text);
    default:
      throw failed(`InputType ${JSON.stringify(config.InputType)} cannot be read; use CSV, JSON, JSONL or MANIFEST.`);
  }
};

const mostOf = async (config: JsonObject, { language }: Entered, frame: Frame): Promise<number> => {
  const path = config.MaxItemsPath;
  const given = path === undefined ? (config.MaxItems ?? 0) : path;
  const read = await language.template(
    frame,
    "ReaderConfig/MaxItems",
    path === undefined ? given : { "value.$": given },
  );
  const value = path !== undefined && isObject(read) ? read.value : read;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw failed(`MaxItems must be a whole number from 0 on, but was ${JSON.stringify(value)}.`);
  return value;
};

/** The items that an ItemReader names: the objects under a prefix, or what stands in a file. Throws States.ItemReaderFailed. */
export const readItems = async (reader: JsonObject, entered: Entered, frame: Frame): Promise<readonly Json[]> => {
  const { objects } = entered.scope.run.effects;
  const where = await entered.language.template(frame, "ItemReader", reader.Parameters ?? reader.Arguments ?? {});
  if (!isObject(where)) throw failed("The item reader needs Bucket and Key or Prefix.");
  const config = isObject(reader.ReaderConfig) ? reader.ReaderConfig : {};
  const bucket = textOf(where, "Bucket");
  const items = textOf(reader, "Resource").endsWith(":s3:listObjectsV2")
    ? await objects.list(bucket, typeof where.Prefix === "string" ? where.Prefix : "")
    : await itemsIn(objects, bucket, textOf(where, "Key"), config);
  const most = await mostOf(config, entered, frame);
  return most === 0 ? items : items.slice(0, most);
};
