/** Where ingestion looks for deliveries among the files; AWS delivers the cost report under the same prefix. */
export const COST_INBOX = "inbox/cur/";
