/**
 * Completes package-lock.json. A registry that does not carry the binaries of every platform makes `npm install` leave
 * them out of the lock file, and `npm ci` then refuses it. Each binary that a locked package names with an exact version
 * gets its entry, so that the same lock file installs on every platform. Run it after `npm install` (`npm run lock`).
 */
import { readFileSync, writeFileSync } from "node:fs";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Record<string, Entry>;
}

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "wasm32", "x64", "loong64", "mips64el"];

/** What a platform package runs on, from its name (`@scope/binding-linux-arm64-musl`); undefined for any other package. */
const platformOf = (name: string) => {
  const words = name.split(/[/-]/);
  const cpu = PROCESSORS.filter((word) => words.includes(word));
  const os = SYSTEMS.filter((word) => words.includes(word));
  if (cpu.length !== 1 || (os.length !== 1 && cpu[0] !== "wasm32")) return undefined;
  const starts = (start: string): boolean => words.some((word) => word.startsWith(start));
  const libc = starts("musl") ? ["musl"] : starts("gnu") ? ["glibc"] : [];
  return { cpu, libc, os };
};

const path = "package-lock.json";
const lock = JSON.parse(readFileSync(path, "utf8")) as Lock;
const isLocked = (name: string, by: string): boolean =>
  `node_modules/${name}` in lock.packages || `${by}/node_modules/${name}` in lock.packages;

const added = Object.entries(lock.packages).flatMap(([by, entry]) =>
  Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]) => {
    const platform = platformOf(name);
    if (platform === undefined || isLocked(name, by) || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) return [];
    const { cpu, libc, os } = platform;
    // In the order in which npm writes them, so that npm leaves them as they are.
    const facts = [
      ["version", version],
      ["cpu", cpu],
      ["dev", entry.dev],
      ["libc", libc.length === 0 ? undefined : libc],
      ["license", entry.license],
      ["optional", true],
      ["os", os.length === 0 ? undefined : os],
    ].filter(([, value]) => value !== undefined);
    return [[`node_modules/${name}`, Object.fromEntries(facts) as Entry] as const];
  }),
);
const entries = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, "en"));
if (added.length > 0)
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
console.log(`lock: ${added.length} platform packages added`);
