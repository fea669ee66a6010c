/** One line of JSON to CloudWatch Logs: past `console`, which would wrap it as text. */
export const writeLog = (entry: object): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
