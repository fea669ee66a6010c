/**
 * Does what README says to a newcomer, `npm start`, in an empty folder on a free port, and sees it answer;
 * then kills it without warning, starts it again on the same folder, and sees it answer again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProduct, statusOf } from "./product.ts";

const folder = mkdtempSync(join(tmpdir(), "commops-smoke-"));
try {
  const first = await startProduct(folder);
  const page = await statusOf(`${first.base}/`);
  await first.stop("SIGKILL");
  if (page !== 200) throw new Error(`the dashboard at / answered ${page}, not 200`);

  const second = await startProduct(folder);
  await second.stop("SIGTERM");
  console.log(
    `smoke: npm start healthy after ${first.seconds.toFixed(1)} s, and after a kill and a second start after ${second.seconds.toFixed(1)} s`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
