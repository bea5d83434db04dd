/** The comment on a pull request: short first, details folded. Previews in, Markdown out. */

import { arrow, changesOf } from "./changes.ts";
import { effectsOf } from "./effects.ts";
import { block, code, excerpt, html } from "./markdown.ts";
import type { Operation, Preview, Resource } from "./preview.ts";
import { Secrets } from "./secrets.ts";

/** Stands at the beginning of the comment, unseen: by it the comment is found again. */
export const marker = "<!-- crossing: preview-comment -->";

/** GitHub refuses a comment of more characters than 65536. */
export const longestComment = 65_000;

export interface CommentOptions {
    /** Values that must not appear. @default none */
    secrets?: Secrets;
    /** The commit that the previews are of. @default not said */
    commit?: string;
}

/** How much of the details is shown. */
interface Extent {
    /** Resources of each stack. */
    rows: number;
    /** Characters of each side of a change. */
    value: number;
    /** Characters of all messages of a stack. */
    messages: number;
    /** Sentences on what a stack does. */
    effects: number;
}

/** Tried one after the other until the comment is short enough. */
const extents: Extent[] = [
    { rows: 1_000, value: 80, messages: 8_000, effects: 100 },
    { rows: 200, value: 80, messages: 4_000, effects: 100 },
    { rows: 100, value: 40, messages: 2_000, effects: 50 },
    { rows: 20, value: 40, messages: 1_000, effects: 20 },
    { rows: 0, value: 40, messages: 300, effects: 10 },
];

export function renderComment(previews: Preview[], options: CommentOptions = {}): string {
    const secrets = options.secrets ?? new Secrets();
    for (const extent of extents) {
        const comment = secrets.maskText(render(previews, extent, secrets, options.commit));
        if (comment.length <= longestComment) {
            return comment;
        }
    }
    return `${marker}\n${previews.length} stacks were previewed, too many for one comment. ${wholePreview}\n`;
}

const wholePreview = "`pulumi preview --diff` shows all.";

function render(previews: Preview[], extent: Extent, secrets: Secrets, commit?: string): string {
    const parts = [
        `${marker}\n### What \`pulumi up\` will do${commit ? `, as of ${commit.slice(0, 7)}` : ""}`,
        previews.map(preview => `- ${code(preview.stack)}: ${summary(preview)}`).join("\n"),
        ...previews
            .filter(({ failed }) => failed)
            .map(preview => failure(preview, extent, secrets)),
        effects(previews, extent, secrets),
        ...previews.map(preview => details(preview, extent, secrets)),
    ];
    return `${parts.filter(Boolean).join("\n\n")}\n`;
}

const words: Record<Operation, string> = {
    create: "created",
    change: "changed",
    replace: "**replaced**",
    delete: "deleted",
};

/** `2 created, **1 replaced**, 80 unchanged` */
function summary({ resources, unchanged, failed }: Preview): string {
    const counts = (Object.keys(words) as Operation[])
        .map(operation => ({
            operation,
            count: resources.filter(resource => resource.operation === operation).length,
        }))
        .filter(({ count }) => count > 0)
        .map(({ operation, count }) =>
            operation === "replace" ? `**${count} replaced**` : `${count} ${words[operation]}`,
        );
    const all = [...counts, ...(unchanged > 0 ? [`${unchanged} unchanged`] : [])].join(", ");
    if (failed) {
        return `❌ **the preview failed**${all ? `, after ${all}` : ""}`;
    }
    return counts.length === 0 ? `nothing changes${all ? ` (${all})` : ""}` : all;
}

function failure({ stack, errors }: Preview, { messages }: Extent, secrets: Secrets): string {
    return `#### Why the preview of ${code(stack)} failed\n\n${messageBlock(errors, messages, secrets)}`;
}

function messageBlock(messages: string[], longest: number, secrets: Secrets): string {
    return block(excerpt(secrets.maskText(messages.join("\n\n")), longest));
}

function effects(previews: Preview[], extent: Extent, secrets: Secrets): string {
    const lists = previews.flatMap(preview => {
        const found = effectsOf(preview).map(
            ({ warning, text }) => `- ${warning ? "⚠️ " : ""}${secrets.maskText(text)}`,
        );
        const shown = found.slice(0, extent.effects);
        const more = found.length - shown.length;
        if (found.length === 0) {
            return [];
        }
        const heading = previews.length > 1 ? [`${code(preview.stack)}:`, ""] : [];
        return [[...heading, ...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n")];
    });
    if (lists.length === 0) {
        return previews.every(({ failed }) => failed)
            ? ""
            : "No backup, no restore and no verification will run.";
    }
    return ["#### What will run, and what is lost", ...lists].join("\n\n");
}

/** What needs most care comes first. */
const order: Operation[] = ["replace", "delete", "change", "create"];

function details(preview: Preview, extent: Extent, secrets: Secrets): string {
    const { stack, resources, warnings } = preview;
    const sorted = order.flatMap(operation =>
        resources.filter(resource => resource.operation === operation),
    );
    const shown = sorted.slice(0, extent.rows);
    const more = sorted.length - shown.length;
    const parts = [
        ...(shown.length > 0
            ? [
                  [
                      "| resource | | properties |\n| --- | --- | --- |",
                      ...shown.map(resource => row(resource, extent, secrets)),
                  ].join("\n"),
              ]
            : []),
        ...(more > 0
            ? [
                  `${more} more ${more === 1 ? "resource is" : "resources are"} not shown here. ${wholePreview}`,
              ]
            : []),
        ...(warnings.length > 0
            ? [`Warnings:\n\n${messageBlock(warnings, extent.messages, secrets)}`]
            : []),
    ];
    if (parts.length === 0) {
        return "";
    }
    const title = `Details of <code>${html(stack)}</code>: ${count(resources.length, "resource")}${warnings.length > 0 ? `, ${count(warnings.length, "warning")}` : ""}`;
    return [`<details><summary>${title}</summary>`, ...parts, "</details>"].join("\n\n");
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

function row(resource: Resource, { value }: Extent, secrets: Secrets): string {
    const changes = changesOf(resource);
    const shown = changes.slice(0, 12).map(change => {
        const path = code(excerpt(secrets.maskText(change.path), 120));
        return `${change.replaces ? `**${path}**` : path}: ${arrow(change, secrets, value)}`;
    });
    const more = changes.length - shown.length;
    const properties = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("<br>");
    return `| ${code(type(resource))} ${code(resource.name)} | ${words[resource.operation]} | ${properties} |`;
}

/** Pulumi's prefix of dynamic resources says nothing here. */
const type = ({ types }: Resource) => (types.at(-1) ?? "").replace("pulumi-nodejs:dynamic/", "");
