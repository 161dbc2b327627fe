// What the type checker does not see: unused code, unreachable code, likely slips.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["static/vendor/", "static/js/tape/defaults.js", "node_modules/"] },
  js.configs.recommended,
  {
    files: ["static/js/**/*.js"],
    languageOptions: { globals: { ...globals.browser, ...globals.worker } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }], // == null means null or undefined
      "no-var": "error",
      "prefer-const": "error",
      "no-console": "error",
    },
  },
  {
    files: ["tests/js/**/*.js", "tools/**/*.mjs", "eslint.config.js"],
    languageOptions: { globals: globals.node },
  },
];
