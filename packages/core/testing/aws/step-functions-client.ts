import { SFNClient } from "@aws-sdk/client-sfn";

/** The credentials that the stand-in of the service is asked with. */
export const SECRET = "a-secret-key";

/** A client of Step Functions at an address; it asks three times before it gives up. */
export const stepFunctionsClient = (endpoint: string): SFNClient =>
  new SFNClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET },
  });
