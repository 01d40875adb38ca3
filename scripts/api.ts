// Writes docs/api/: an index, and a page for each export of src/index.ts, from the doc comments. Fails if a comment is
// missing or links to nothing. The pages contain nothing of the machine or the commit.
import * as fs from "node:fs";
import * as path from "node:path";
import type {
  Comment,
  CommentDisplayPart,
  DeclarationReflection,
  ParameterReflection,
  ProjectReflection,
  SignatureReflection,
  SomeType,
  TypeDocOptions,
} from "typedoc" with { "resolution-mode": "import" };
import type { MarkdownThemeContext, PluginOptions } from "typedoc-plugin-markdown" with { "resolution-mode": "import" };

const ROOT = path.join(__dirname, "..");
const INDEX = path.join(ROOT, "src", "index.ts");

/** The parts of the index page, each with the sources of its exports. */
const TASKS: readonly (readonly [title: string, sources: RegExp])[] = [
  ["Caches", /^src\/(cache\/(?!registry-credential|image-uri)|aws\/role-options)/],
  ["Names of images", /^src\/(image\/|cache\/image-uri)/],
  ["Client configuration", /^src\/client-config\//],
  ["Registry credentials", /^src\/cache\/registry-credential/],
  ["VPC endpoints", /^src\/network\//],
  ["Cache warmer", /^src\/warmer\//],
  ["Alerts", /^src\/alerts\//],
  ["Settings of a registry", /^src\/registry\//],
  ["Fleet of regions", /^src\/fleet\//],
  ["CloudFormation stack parameters", /^src\/stack-override\//],
];

/** The text of one page: of an export, or of the index. */
class Page {
  public constructor(
    private readonly context: MarkdownThemeContext,
    private readonly kindOf: (model: DeclarationReflection) => string,
  ) {}

  public index(project: ProjectReflection): string {
    const exported = fs.readFileSync(INDEX, "utf8");
    const position = ({ name }: DeclarationReflection): number => exported.search(new RegExp(`\\b${name}\\b`));
    const models = [...(project.children ?? [])].sort((one, other) => position(one) - position(other));
    const tasks = new Map(models.map((model) => [model, taskOf(model)]));
    const rows = (task: string): string[][] =>
      models
        .filter((model) => tasks.get(model) === task)
        .map((model) => [`[\`${model.name}\`](${model.name}.md)`, firstSentence(this.summary(model.comment))]);
    return paragraphs(
      "# API reference",
      "Everything that `cdktf-ecr-pull-through-cache` exports. `cdktf-ecr-pull-through-cache/cdktn` exports the same for CDK Terrain; where a page says `cdktf` or `@cdktf/provider-aws`, CDK Terrain has `cdktn` and `@cdktn/provider-aws`. Their versions differ: `@cdktf/provider-aws` 21 means hashicorp/aws 6, which every supported `@cdktn/provider-aws` has. A page lists the properties with their types and defaults, and the errors of the constructor and of each method. `npm run api` writes these pages from the doc comments in `src/`.",
      ...TASKS.flatMap(([task]) => [`## ${task}`, table(["export", "description"], rows(task))]),
    );
  }

  public ofExport(model: DeclarationReflection): string {
    const kind = this.kindOf(model);
    const task = taskOf(model);
    return paragraphs(
      `# ${model.name}`,
      `${kind} · [${task}](README.md#${task.toLowerCase().replaceAll(" ", "-")})`,
      this.description(model.comment),
      ...(kind === "Interface" ? this.bodyOfInterface(model) : this.bodyOfClass(model)),
    );
  }

  private bodyOfInterface({ name, children = [] }: DeclarationReflection): string[] {
    // Callers write these, with defaults for what they leave out; they only read other interfaces.
    const isInput = /(Props|Options|Settings|ScanRule|Destination)$/.test(name);
    const rows = children.map((prop) => [
      `[\`${prop.name}\`](#${prop.name.toLowerCase()})`,
      this.type(prop.type),
      ...(isInput ? [prop.flags.isOptional ? this.defaultOf(prop) : "**required**"] : []),
    ]);
    return [
      table(["property", "type", ...(isInput ? ["default"] : [])], rows),
      ...children.flatMap((prop) => [
        `## ${prop.name}`,
        `Type: ${this.type(prop.type)}${isInput ? `, ${prop.flags.isOptional ? "optional" : "required"}` : ""}`,
        this.description(prop.comment),
        prop.flags.isOptional && isInput ? `**Default:** ${this.defaultOf(prop)}` : "",
      ]),
    ];
  }

  /** The members of a class, or the values of an enum. */
  private bodyOfClass({ children = [] }: DeclarationReflection): string[] {
    const members = (isStatic: boolean, ...kinds: string[]): DeclarationReflection[] =>
      children.filter((child) => kinds.includes(this.kindOf(child)) && child.flags.isStatic === isStatic);
    const constants = members(true, "Property").map(({ name, comment }) => [`\`${name}\``, this.summary(comment)]);
    const part = (title: string, texts: readonly string[]): string[] =>
      texts.length === 0 ? [] : [`## ${title}`, ...texts];
    return [
      ...part(
        "Values",
        members(false, "EnumMember").flatMap((value) => this.property(value)),
      ),
      ...part(
        "Constructor",
        members(false, "Constructor").flatMap((made) => this.callables(made, "new ")),
      ),
      ...part("Constants", constants.length === 0 ? [] : [table(["constant", "description"], constants)]),
      ...part(
        "Static methods",
        members(true, "Method").flatMap((method) => this.callables(method)),
      ),
      ...part(
        "Properties",
        members(false, "Property", "Accessor").flatMap((property) => this.property(property)),
      ),
      ...part(
        "Methods",
        members(false, "Method").flatMap((method) => this.callables(method)),
      ),
    ];
  }

  private property(model: DeclarationReflection): string[] {
    const { type, comment } = model.getSignature ?? model;
    return [
      `### ${model.name}`,
      type === undefined || this.kindOf(model) === "EnumMember" ? "" : `Type: ${this.type(type)}`,
      this.description(comment),
      this.throws(comment),
    ];
  }

  private callables({ signatures = [] }: DeclarationReflection, start = ""): string[] {
    return signatures.flatMap((signature) => {
      const { name, parameters = [], comment } = signature;
      const rows = parameters.map((parameter) => [
        `\`${parameter.name}${isOptional(parameter) ? "?" : ""}\``,
        this.type(parameter.type),
        this.summary(parameter.comment),
      ]);
      return [
        `### ${start}${name}()`,
        this.description(comment),
        rows.length === 0 ? "" : table(["parameter", "type", "description"], rows),
        start === "" ? this.returns(signature) : "",
        this.throws(comment),
      ];
    });
  }

  private returns({ type, comment }: SignatureReflection): string {
    const [text] = this.blocks(comment, "@returns");
    const returned = `**Returns** ${this.type(type)}`;
    return String(type) === "void" ? "" : [returned, ...(text === undefined ? [] : [text])].join(": ");
  }

  private throws(comment: Comment | undefined): string {
    const causes = this.blocks(comment, "@throws");
    return causes.length === 0 ? "" : ["**Throws** an error:", "", ...causes.map((cause) => `- ${cause}`)].join("\n");
  }

  /** The default of a property, which its comment has as a literal or, after a dash, in words. */
  private defaultOf({ comment }: DeclarationReflection): string {
    const [text = ""] = this.blocks(comment, "@default");
    return text.startsWith("- ") ? text.slice(2) : `\`${text}\``;
  }

  /** A type, with links to the exports in it. */
  private type(type: SomeType | undefined): string {
    const { model, project } = this.context.page;
    const others = (project.children ?? []).map(({ name }) => name).filter((name) => name !== model.name);
    const code = (text: string): string => text.replace(/^( *)(.*?)( *)$/, "$1`$2`$3");
    return String(type)
      .split(/\b([A-Z]\w*)\b/)
      .reduce<string[]>((parts, part) => {
        if (others.includes(part)) {
          return [...parts, `[\`${part}\`](${part}.md)`, ""];
        }
        return [...parts.slice(0, -1), `${parts.at(-1) ?? ""}${part}`];
      }, [])
      .map((part) => (part.trim() === "" || part.startsWith("[`") ? part : code(part)))
      .join("");
  }

  private description(comment: Comment | undefined): string {
    // TypeDoc merges several tags into a list.
    const pages = this.blocks(comment, "@see").flatMap((block) => block.match(/https:\S+/g) ?? []);
    const see = pages.length === 0 ? [] : [`See ${pages.map((page) => `<${page}>`).join(" and ")}.`];
    return [this.text(comment?.summary ?? []), ...see].join("\n\n");
  }

  private summary(comment: Comment | undefined): string {
    return onOneLine(this.text(comment?.summary ?? []));
  }

  private blocks(comment: Comment | undefined, tag: string): string[] {
    const blocks = (comment?.blockTags ?? []).filter((block) => block.tag === tag);
    return blocks.map((block) => onOneLine(this.text(block.content)));
  }

  private text(parts: CommentDisplayPart[]): string {
    return this.context.helpers.getCommentParts(parts).trim();
  }
}

function isOptional({ flags, defaultValue }: ParameterReflection): boolean {
  return flags.isOptional || defaultValue !== undefined;
}

function taskOf(model: DeclarationReflection): string {
  const file = model.project.getSymbolIdFromReflection(model)?.packagePath ?? "";
  const task = TASKS.find(([, pattern]) => pattern.test(file));
  if (task === undefined) {
    throw new Error(`No part of the index is for ${model.name} of ${file}: add its folder to TASKS in scripts/api.ts`);
  }
  return task[0];
}

function firstSentence(text: string): string {
  return /^.*?\.(?= [A-Z])/.exec(text)?.[0] ?? text;
}

function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function paragraphs(...texts: readonly string[]): string {
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}

async function main(): Promise<void> {
  const { Application, ReflectionKind } = await import("typedoc");
  const { MarkdownTheme, MarkdownThemeContext, MemberRouter } = await import("typedoc-plugin-markdown");

  class FlatRouter extends MemberRouter {
    public override getIdealBaseName(model: { readonly name: string }): string {
      return model.name;
    }
  }

  class PageTheme extends MarkdownTheme {
    public override reflectionTemplate: InstanceType<typeof MarkdownTheme>["reflectionTemplate"] = (event) => {
      const context = new MarkdownThemeContext(this, event, this.application.options);
      const page = new Page(context, ({ kind }) => ReflectionKind[kind]);
      return event.model.isProject() ? page.index(event.model) : page.ofExport(event.model);
    };
  }

  const options: Partial<TypeDocOptions & PluginOptions> = {
    entryPoints: [INDEX],
    tsconfig: path.join(ROOT, "tsconfig.build.json"),
    plugin: ["typedoc-plugin-markdown"],
    out: path.join(ROOT, "docs", "api"),
    entryFileName: "README",
    readme: "none",
    router: "flat",
    theme: "page",
    sort: ["source-order"],
    disableSources: true,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    jsDocCompatibility: { defaultTag: false },
    validation: { invalidLink: true, notDocumented: true, notExported: true },
  };
  const app = await Application.bootstrapWithPlugins(options);
  app.renderer.defineRouter("flat", FlatRouter);
  app.renderer.defineTheme("page", PageTheme);
  const project = await app.convert();
  if (project === undefined) {
    throw new Error("src/ has type errors: run npm run check");
  }
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error("The doc comments have the errors above.");
  }
  await app.generateOutputs(project);
}

void main();
