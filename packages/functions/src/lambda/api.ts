import { awsApi, type Invocation } from "../aws/api.ts";
import { answerOf, type HttpAnswer, readEvent, requestOf } from "../aws/http-event.ts";
import { writeLog } from "../aws/log.ts";
import { openAwsRuntime } from "../runtime/aws.ts";
import { readAwsSettings } from "../runtime/aws-settings.ts";

const { api, finish } = awsApi(openAwsRuntime(readAwsSettings(process.env)), writeLog);

/** Answers the HTTP API. */
export const handler = async (event: unknown, context: Invocation): Promise<HttpAnswer> => {
  const read = readEvent(event);
  const answer = await answerOf(await api.fetch(requestOf(read), { event: read }));
  await finish(context);
  return answer;
};
