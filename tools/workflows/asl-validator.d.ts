declare module "asl-validator" {
  interface Result {
    readonly isValid: boolean;
    readonly errors: readonly { readonly "Error code": string; readonly Message: string }[];
    errorsText(): string;
  }
  const validate: (definition: unknown) => Result;
  export default validate;
}
