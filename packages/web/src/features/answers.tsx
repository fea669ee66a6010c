import { type QueryKey, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Answer, ApiError, callApi, type Input, type RouteName } from "../api.ts";
import { Button } from "../ui/button.tsx";
import { Moment } from "../ui/moment.tsx";
import { type Fault, FaultNotice, Loading, Notice } from "../ui/notice.tsx";

/** What to tell of an error. */
export const faultOf = (error: unknown): Fault =>
  error instanceof ApiError
    ? { message: error.message, traceId: error.traceId, details: error.details }
    : { message: error instanceof Error ? error.message : "Something went wrong in this page. Reload it." };

const isLasting = (error: unknown): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500;

/** Reads a route that is a GET. Answers that cannot change by trying again are not asked for again. */
export const useAnswer = <K extends RouteName & `GET ${string}`>(
  route: K,
  input: Input<K>,
  options: {
    readonly isEnabled?: boolean;
    /** Asks again as long as the answer is one of work that goes on: every second, or after as many milliseconds as it says. */
    readonly isGoingOn?: (answer: Answer<K>) => boolean | number;
  } = {},
): UseQueryResult<Answer<K>> =>
  useQuery<Answer<K>, Error, Answer<K>, QueryKey>({
    queryKey: [route, input],
    queryFn: ({ signal }) => callApi(route, input, signal),
    enabled: options.isEnabled ?? true,
    refetchInterval: ({ state }) => {
      const goesOn = state.data === undefined ? false : (options.isGoingOn?.(state.data) ?? false);
      return goesOn === true ? 1000 : goesOn;
    },
    retry: (count, error) => count < 2 && !isLasting(error),
  });

/** Changes something; everything that is shown is read again after it. */
export const useChange = <K extends RouteName>(route: K, onDone?: (answer: Answer<K>) => void) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<K>) => callApi(route, input),
    onSuccess: (answer) => onDone?.(answer),
    onSettled: () => client.invalidateQueries(),
  });
};

interface ReadyProps<T> {
  readonly query: UseQueryResult<T>;
  /** What is read, as it reads in a sentence: "the invoices". */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
  /** Shown instead of an error where the thing is not there (404). */
  readonly whenMissing?: ReactNode;
}

/** Shows what was read; before that that it is read, after a fault why not, and with both what is old. */
export const Ready = <T,>({ query, what, children, whenMissing }: ReadyProps<T>) => {
  const retry = (): void => void query.refetch().catch(() => undefined);
  if (query.data === undefined) {
    if (!query.isError) return <Loading what={what} />;
    const isMissing = query.error instanceof ApiError && query.error.status === 404;
    if (isMissing && whenMissing !== undefined) return whenMissing;
    return (
      <div className="p-4">
        <FaultNotice title={`Could not read ${what}`} fault={faultOf(query.error)} onRetry={retry} />
      </div>
    );
  }
  return (
    <>
      {query.isError && (
        <div className="p-2">
          <Notice tone="warn" title={`This is not fresh: ${faultOf(query.error).message}`}>
            Shown is what was read at <Moment at={new Date(query.dataUpdatedAt).toISOString()} />.
            <Button look="quiet" className="min-h-7 px-2 py-0.5" onClick={retry}>
              Try again
            </Button>
          </Notice>
        </div>
      )}
      {children(query.data)}
    </>
  );
};
