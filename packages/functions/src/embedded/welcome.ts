import type { Settings } from "../runtime/settings.ts";

/** A person of the demonstration, with the password that the start prints. */
export interface DemoPerson {
  readonly userName: string;
  readonly password: string;
  readonly may: string;
}

interface Greeting {
  readonly url: string;
  readonly settings: Settings;
  readonly people: readonly DemoPerson[];
}

/** Nobody can sign in yet where nobody was made, and no identity provider knows people. */
const firstPerson = (settings: Settings): string =>
  settings.oidc === undefined
    ? "Begin with a token: npx commops token --role admin. Who signs in to the dashboard is made with it (POST /api/v1/users)."
    : "Sign in as a person to whom the identity provider gives the role admin.";

const signIn = (people: readonly DemoPerson[], settings: Settings): string[] =>
  people.length === 0
    ? [
        "",
        firstPerson(settings),
        "Nothing is in it yet: publish plans (PUT /api/v1/plans/{plan_code}), then create tenants (POST /api/v1/tenants).",
        "Say who issues invoices (PUT /api/v1/legal-entities/OPERATOR) before the first one goes out.",
      ]
    : [
        "",
        `Sign in as (password of all: ${people[0]?.password ?? ""})`,
        ...people.map((person) => `  ${person.userName.padEnd(10)} ${person.may}`),
        "",
        "Try this",
        "  1. As olivia: open Approvals, compare a draft with the month before, and submit it.",
        "  2. As arjun: approve it. Olivia cannot: nobody approves what they prepared.",
        "  3. Open the issued invoice, its PDF, and follow its total down to the CUR lines.",
      ];

/** What the start prints: where to look and what to try. */
export const welcome = ({ url, settings, people }: Greeting): string =>
  [
    "",
    `Commercial-Ops is at    ${url}`,
    `API reference           ${url}/docs`,
    `Data                    ${settings.databaseUrl === undefined ? `${settings.dataDir} (embedded; copied daily and at shutdown)` : `${settings.dataDir} and the Postgres of DATABASE_URL`}`,
    `Mail                    ${settings.smtpUrl === undefined ? `kept in ${settings.dataDir}/outbox and shown on each invoice` : "sent by the server of SMTP_URL"}`,
    ...signIn(people, settings),
    "",
    "Command line: npx commops --help",
    "",
  ].join("\n");
