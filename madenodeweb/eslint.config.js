import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig(globalIgnores(["dist/"]), js.configs.recommended, {
  files: ["**/*.ts"],
  extends: [configs.strictTypeChecked, configs.stylisticTypeChecked],
  languageOptions: { parserOptions: { projectService: true } },
  // An empty environment variable counts as unset: that is what `||` is for.
  rules: { "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }] },
});
