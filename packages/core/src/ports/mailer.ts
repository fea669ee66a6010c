export interface Mail {
  /** Stable over retries: RFC 5322 Message-ID without angle brackets. */
  readonly messageId: string;
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  }[];
}

export interface Mailer {
  /** Hands the mail to the transport. Throws a transient Problem when it may be tried again, invalid when an address is refused. */
  send(mail: Mail): Promise<void>;
}
