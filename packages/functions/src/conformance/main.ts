import { describeFailure, type Runner } from "./outcome.ts";
import { type Topic, topics } from "./topics.ts";

const BAD_INPUT = 2;

const complain = (message: string): never => {
  console.error(message);
  process.exit(BAD_INPUT);
};

const [topic, folder] = process.argv.slice(2);
const known = Object.keys(topics).join(", ");
if (topic === undefined || folder === undefined)
  complain(`usage: npm run -s conformance -- TOPIC FOLDER, with TOPIC one of ${known}`);
if (!Object.hasOwn(topics, topic ?? "")) complain(`no cases of the topic ${topic} can be run; there is: ${known}`);

const load: () => Promise<Runner> = topics[topic as Topic];
const run = await load();
try {
  const { passed, failed, skipped, notes = [] } = await run(folder ?? "");
  for (const line of failed) console.log(`FAILED ${line}`);
  for (const line of skipped) console.log(`skipped ${line}`);
  for (const line of notes) console.log(line);
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  complain(`cannot read cases in ${folder ?? ""}: ${describeFailure(error)}`);
}
