import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

const actionsOnly =
    "The work of dynamic resources imports nothing of Pulumi: it runs in a process of its own.";
const examiner =
    "It examines what preflight/ predicts, so they share no code; and it runs without Pulumi.";
const comment = "It reads what Pulumi prints: the program and it share no code.";
const lab = "The lab is for machines that lack things; the program must not know that it exists.";

/** What a folder must not import, and why. */
const never = (files, group, message) => ({
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
    { ignores: ["**/node_modules/**", "**/dist/**", ".crossing/**"] },
    js.configs.recommended,
    tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        rules: {
            eqeqeq: "error",
            "@typescript-eslint/consistent-type-imports": "off",
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", ignoreRestSiblings: true },
            ],
            // Pulumi's outputs in templates are a mistake that its own rule finds.
            "@typescript-eslint/restrict-template-expressions": "off",
        },
    },
    {
        files: ["index.ts", "config/**", "stacks/**", "components/**"],
        plugins: { "@pulumi": pulumi },
        rules: { "@pulumi/no-output-in-template-literal": "error" },
    },
    {
        // The shims of dynamic resources load their work by name, in Pulumi's own process.
        files: ["components/dynamic.ts"],
        rules: {
            "@typescript-eslint/no-require-imports": "off",
            "@typescript-eslint/no-unsafe-return": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-member-access": "off",
        },
    },
    never(["actions/**"], ["@pulumi/*"], actionsOnly),
    never(
        ["rehearsal/**"],
        ["@pulumi/*", "**/preflight/**", "**/components/**", "**/actions/**", "**/lab/**"],
        examiner,
    ),
    never(["preflight/**"], ["**/rehearsal/**", "crossing-openshift-rehearsal"], examiner),
    never(["config/**", "stacks/**", "components/**", "actions/**"], ["**/lab/**"], lab),
    never(
        ["preview-comment/**"],
        ["**/config", "**/stacks/**", "**/components/**", "**/actions/**", "**/lab/**"],
        comment,
    ),
    never(
        ["components/**", "actions/**"],
        ["**/stacks/**", "**/config"],
        "Nothing points back: index → stacks → components → actions.",
    ),
    never(
        ["lab/**"],
        ["**/components/**", "**/stacks/**", "**/actions/**", "crossing-actions"],
        "The lab is the program's examiner: they share no code.",
    ),
    { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
