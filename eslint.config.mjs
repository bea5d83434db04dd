import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** What folders must not import, and why. */
const pulumiFree = {
    group: ["@pulumi/*"],
    message: "The work of dynamic resources imports nothing of Pulumi: it runs in its own process.",
};
const labFree = {
    group: ["**/lab/**"],
    message: "The lab is for machines that lack things; the program must not know that it exists.",
};
const downwards = {
    group: ["**/stacks/**", "**/config"],
    message: "Nothing points back: index → stacks → components → actions.",
};
const examiner =
    "It examines what preflight/ predicts, so they share no code; and it runs without Pulumi.";

/** One block for each folder: a later block of ESLint's replaces an earlier one's patterns. */
const never = (folder, ...patterns) => ({
    files: [`${folder}/**`],
    rules: { "no-restricted-imports": ["error", { patterns }] },
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
    never("config", labFree),
    never("stacks", labFree),
    never("components", labFree, downwards),
    never("actions", labFree, downwards, pulumiFree),
    never("rehearsal", {
        group: ["@pulumi/*", "**/preflight/**", "**/components/**", "**/actions/**", "**/lab/**"],
        message: examiner,
    }),
    never("preflight", {
        group: ["**/rehearsal/**", "crossing-openshift-rehearsal"],
        message: examiner,
    }),
    never("preview-comment", {
        group: ["**/config", "**/stacks/**", "**/components/**", "**/actions/**", "**/lab/**"],
        message: "It reads what Pulumi prints: the program and it share no code.",
    }),
    never("report", {
        group: ["**/config", "**/stacks/**", "**/components/**", "**/actions/**", "**/lab/**"],
        message: "It reads what a stack's state says: of the program it knows types alone.",
    }),
    never("lab", {
        group: ["**/components/**", "**/stacks/**", "**/actions/**", "crossing-actions"],
        message: "The lab is the program's examiner: they share no code.",
    }),
    { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
