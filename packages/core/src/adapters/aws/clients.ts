import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SFNClient } from "@aws-sdk/client-sfn";
import { costExplorerClient } from "./cost-forecast.ts";

/**
 * The services' clients, with credentials and region from where the process runs. Bodies are sent with the checksums that adapters give,
 * not in chunks with trailing ones.
 */
export const openClients = () => ({
  athena: new AthenaClient({}),
  costs: costExplorerClient(),
  mail: new SESv2Client({}),
  states: new SFNClient({}),
  storage: new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" }),
});
export type Clients = ReturnType<typeof openClients>;
