import { Failure } from "./failure.ts";
import type { Frame, Language } from "./language.ts";
import { type Entered, frameOf, type Step } from "./run.ts";
import { parseTimestamp } from "./timestamp.ts";

export const pass = async (entered: Entered): Promise<Step> => ({
  next: entered.state.Next,
  ...(await entered.language.pass(frameOf(entered))),
});

export const succeed = async (entered: Entered): Promise<Step> => ({
  next: undefined,
  ...(await entered.language.moveOn(frameOf(entered))),
});

/** The failure that a Fail state stands for. */
export const failureOf = async (language: Language, frame: Frame): Promise<Failure> =>
  new Failure((await language.text(frame, "Error")) ?? null, (await language.text(frame, "Cause")) ?? null);

export const fail = async (entered: Entered): Promise<Step> => {
  throw await failureOf(entered.language, frameOf(entered));
};

/** Where a Choice leads. Throws States.NoChoiceMatched where no rule holds and there is no default. */
export const choose = async (language: Language, frame: Frame): Promise<Step> => {
  const chosen = await language.choose(frame);
  if (chosen.next === undefined)
    throw new Failure(
      "States.NoChoiceMatched",
      "Failed to transition out of the state. The state does not point to a next state.",
      { isFault: true },
    );
  return chosen;
};

export const choice = (entered: Entered): Promise<Step> => choose(entered.language, frameOf(entered));

/** The longest Wait, in seconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

const untilTimestamp = ({ state, language }: Entered, text: string): number => {
  const at = parseTimestamp(text);
  if (at !== undefined) return at;
  const format = "a valid ISO-8601 extended offset date-time format string";
  const { TimestampPath } = state;
  throw language.fault(
    TimestampPath === undefined
      ? `The Timestamp field cannot be parsed as ${format.replace("a valid", "an")}: ${text}`
      : `The TimestampPath parameter does not reference ${format}: ${TimestampPath} == ${text}`,
  );
};

const wakeUpTime = async (entered: Entered, now: number): Promise<number> => {
  const frame = frameOf(entered);
  const text = await entered.language.text(frame, "Timestamp");
  if (text !== undefined) return untilTimestamp(entered, text);
  const seconds = (await entered.language.number(frame, "Seconds")) ?? 0;
  if (seconds > LONGEST_WAIT) throw entered.language.fault("Wait state delay is too long.");
  if (seconds < 0) throw entered.language.fault("Wait state delay cannot be negative.");
  return now + seconds * 1000;
};

export const wait = async (entered: Entered): Promise<Step> => {
  const { scope, key, state, language } = entered;
  const { journal, timer } = scope.run.effects;
  const at = await journal.once(`${key}/until`, () => wakeUpTime(entered, entered.enteredAt));
  await timer.sleepUntil(at, scope.signal);
  return { next: state.Next, ...(await language.moveOn(frameOf(entered))) };
};
