/**
 * Says whether the migrations still make the tables that the `.sql.ts` files describe: drizzle-kit is asked for the next
 * migration on a copy of the folder, and must have nothing to add.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import config from "../packages/core/drizzle.config.ts";

const migrations = "packages/core/migrations";
// drizzle-kit takes folders relative to the root only.
const copy = `.tmp/migrations-${process.pid}`;
mkdirSync(".tmp", { recursive: true });
cpSync(migrations, copy, { recursive: true });
try {
  const schema = [config.schema ?? []].flat();
  const result = spawnSync(
    "npx",
    ["drizzle-kit", "generate", "--dialect", "postgresql", ...schema.map((path) => `--schema=${path}`), "--out", copy],
    { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", timeout: 240_000 },
  );
  const known = new Set(readdirSync(migrations));
  const next = readdirSync(copy).filter((file) => !known.has(file));
  if (result.status === 0 && next.length === 0) {
    console.log(`migrations: ${known.size - 1} files make the tables as they are described`);
  } else {
    const statements = next.map((file) => readFileSync(join(copy, file), "utf8")).join("\n");
    console.error(
      `migrations: the tables have changed since the last one. Run npm run migrations and commit what it writes.`,
    );
    console.error(next.length > 0 ? statements : `${result.stdout}${result.stderr}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
