const FONTS = ["noto-sans", "noto-sans-arabic", "noto-sans-jp"].flatMap((family) =>
  ["package.json", "400Regular", "700Bold"].map((part) => `node_modules/@expo-google-fonts/${family}/${part}`),
);

/** Files and folders that a function's bundle reads beside itself, at the same places as in the repository: fonts, migrations, the API's reference. */
export const BESIDE_BUNDLES: readonly string[] = [
  ...FONTS,
  "node_modules/@scalar/api-reference/package.json",
  "node_modules/@scalar/api-reference/dist/browser/standalone.js",
  "packages/core/migrations",
];
