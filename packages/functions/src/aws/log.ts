/** One line of JSON to CloudWatch Logs: past `console`, which would wrap it as text. */
export const writeLog = (entry: object): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);

/** The trace that AWS X-Ray gave this invocation, as 32 hex digits; the request's own id where there is none. */
export const traceIdOf = (requestId: string, header = process.env["_X_AMZN_TRACE_ID"] ?? ""): string => {
  const [, time, rest] = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(header) ?? [];
  return time === undefined ? requestId.replaceAll("-", "") : `${time}${rest}`;
};
