import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../runtime/settings.ts";
import { openHere } from "./own-process.ts";

test("what commands write without a server is chained when they end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "commops-own-"));
  const settings = readSettings({ DATA_DIR: folder, COMMOPS_SEED: "none" });
  try {
    const first = await openHere(settings);
    await first.request("POST", "/tenants:import", { rows: [{ tenant_id: "TEN-1", tenant_name: "One" }] });
    await first.close();
    const second = await openHere(settings);
    const verdict = await second.request("POST", "/audit:verify");
    await second.close();
    expect(verdict).toMatchObject({ ok: true, first_bad: null, unsealed: 1 });
    expect(verdict).toHaveProperty("checked", 3);
  } finally {
    await rm(folder, { recursive: true });
  }
});
