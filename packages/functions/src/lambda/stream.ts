import { awsApi } from "../aws/api.ts";
import { writeLog } from "../aws/log.ts";
import { streaming } from "../aws/stream.ts";
import { openAwsRuntime } from "../runtime/aws.ts";
import { readAwsSettings } from "../runtime/aws-settings.ts";

/** Answers the same API behind a function URL, whose answers may be long. */
export const handler = streaming(awsApi(openAwsRuntime(readAwsSettings(process.env)), writeLog));
