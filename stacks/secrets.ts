/**
 * What nobody but the running product knows. People set `OidcClientSecret` with `npx sst secret set`; the others are made here once and
 * kept in the encrypted state of the stage.
 */
export const makeSecrets = () => {
  const made = (name: string): $util.Output<string> =>
    new random.RandomPassword(`Secret${name}`, { length: 48, special: false }).result;
  return {
    oidcClient: new sst.Secret("OidcClientSecret").value,
    /** Signs links to files. */
    links: made("Links"),
    /** Encrypts task tokens at rest. */
    tokens: made("Tokens"),
  };
};

export type Secrets = ReturnType<typeof makeSecrets>;
