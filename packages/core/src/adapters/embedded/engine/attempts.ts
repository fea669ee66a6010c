import { errorDetails, errorOutput, Failure, QUERY_ERROR, RUNTIME_ERROR } from "./failure.ts";
import type { Conclusion, Frame } from "./language.ts";
import { backoffSeconds, catcherFor, jittered, retrierFor } from "./retry.ts";
import { type Entered, frameOf, type Step, tell } from "./run.ts";

/** A fault says in which state it arose, once. */
export const located = (failure: Failure, { scope, name, eventId }: Entered, key: string): Failure => {
  if (!failure.isFault) return failure;
  if (failure.error === QUERY_ERROR) tell(scope, key, "EvaluationFailed", name);
  const place = `An error occurred while executing the state '${name}' (entered at the event id #${eventId}).`;
  return new Failure(failure.error, `${place} ${failure.reason ?? ""}`, { alias: failure.alias });
};

/** Waits until a failed attempt may be made again; false where no Retry allows it. */
const waitToRetry = async (
  { state, scope }: Entered,
  failure: Failure,
  retries: Map<number, number>,
  frame: Frame,
  key: string,
): Promise<boolean> => {
  const index = retrierFor(state.Retry, failure);
  const retrier = state.Retry?.[index];
  if (retrier === undefined) return false;
  const made = retries.get(index) ?? 0;
  const seconds = backoffSeconds(retrier, made);
  if (seconds === undefined) return false;
  retries.set(index, made + 1);
  const { journal, timer } = scope.run.effects;
  const at = await journal.once(
    `${key}/again`,
    async () => timer.now() + jittered(retrier, seconds, frame.random) * 1000,
  );
  await timer.sleepUntil(at, scope.signal);
  return true;
};

/** Does the work of a state that may be retried and caught (Task, Parallel, Map), and says where the machine goes on. */
export const attempted = async (
  entered: Entered,
  work: (frame: Frame, key: string, path: string) => Promise<Conclusion>,
): Promise<Step> => {
  const { state, language, scope } = entered;
  const retries = new Map<number, number>();
  const { firstAttempt } = entered;
  for (let attempt = firstAttempt; ; attempt += 1) {
    const frame = frameOf(entered, attempt - firstAttempt);
    const key = `${entered.key}/try.${attempt}`;
    try {
      return { next: state.Next, ...(await work(frame, key, `${entered.path}/try.${attempt}`)) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const failure = located(error, entered, key);
      if (await waitToRetry(entered, failure, retries, frame, key)) continue;
      if (state.Type !== "Task" && failure.error !== RUNTIME_ERROR)
        tell(scope, key, `${state.Type}StateFailed`, entered.name, errorDetails(failure));
      const catcher = state.Catch?.[catcherFor(state.Catch, failure)];
      if (catcher === undefined) throw failure;
      return { next: catcher.Next, ...(await language.recover(frame, catcher, errorOutput(failure))) };
    }
  }
};
