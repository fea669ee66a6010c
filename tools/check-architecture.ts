import { inspect } from "./architecture/house.ts";

const { findings, long, read } = await inspect(process.cwd());

for (const entry of long) console.log(`long: ${entry.file} has ${entry.lines} lines (over 200, under 300)`);
for (const finding of findings) console.error(`${finding.file}: ${finding.message} [${finding.rule}]`);
console.log(`architecture: ${findings.length} faults in ${read} files`);
process.exitCode = findings.length === 0 ? 0 : 1;
