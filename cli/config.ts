import type { Command } from "commander";
import { stringify } from "yaml";
import { ClientConfiguration } from "../src/client-config/client-configuration";
import type { MutatingPolicyOptions } from "../src/client-config/client-configuration";
import { ConfigError } from "../src/client-config/config-errors";
import type { FailurePolicy } from "../src/client-config/failure-policy";
import { CommandError } from "./io";
import type { Io } from "./io";
import { readMap } from "./map-file";
import type { MapOptions } from "./map-file";
import { addMapOptions } from "./options";

interface ConfigOptions extends MapOptions {
  readonly json?: boolean;
}

interface PolicyOptions extends ConfigOptions {
  readonly name?: string;
  readonly failurePolicy?: FailurePolicy;
  readonly excludeNamespaces?: string[];
}

/** A file in its own format: a list of YAML documents, or JSON. */
interface ConfigFile {
  readonly documents: readonly object[];
  readonly isJson?: boolean;
}

/** Adds the commands that print the configuration of a client. */
export function addConfig(program: Command, io: Io): void {
  const config = program
    .command("config")
    .summary("print the configuration of a client")
    .description("Prints the configuration of a client that pulls through the cache. It makes no call to AWS.");

  const policy = (name: string, summary: string, file: MakePolicy): void =>
    void addMapOptions(config.command(name).summary(summary).description(`Prints ${summary}.`))
      .option("--name <name>", "the name of the policy")
      .option("--failure-policy <policy>", "Ignore or Fail, if an expression fails (default: Ignore)")
      .option("--exclude-namespaces [namespaces...]", "namespaces whose pods keep their images (default: kube-system)")
      .option("--json", "print JSON")
      .action((options: PolicyOptions) => print(io, options, (made) => file(made, policyOptions(options))));
  policy("mutating-admission-policy", "a MutatingAdmissionPolicy of Kubernetes and its binding", (made, options) => ({
    documents: made.mutatingAdmissionPolicy(options),
  }));
  policy("kyverno", "a MutatingPolicy of Kyverno", (made, options) => ({
    documents: [made.kyvernoMutatingPolicy(options)],
  }));

  addMapOptions(
    config
      .command("kustomize")
      .summary("the field images of a kustomization")
      .description("Prints the field images of a kustomization.")
      .argument("<image...>", "names of images, as manifests have them"),
  )
    .option("--json", "print JSON")
    .action((images: string[], options: ConfigOptions) =>
      print(io, options, (made) => ({ documents: [{ images: made.kustomizeImages(images) }] })),
    );
  addMapOptions(
    config
      .command("helm")
      .summary("values for charts with global.imageRegistry")
      .description("Prints values for charts with global.imageRegistry.")
      .argument("<registry>", "the registry of all images of the chart, like docker.io"),
  )
    .option("--json", "print JSON")
    .action((registry: string, options: ConfigOptions) =>
      print(io, options, (made) => ({ documents: [made.helmValues(registry)] })),
    );
  addMapOptions(
    config.command("renovate").summary("settings of Renovate").description("Prints settings of Renovate, as JSON."),
  )
    .option("--json", "print JSON, as without this option")
    .action((options: ConfigOptions) => print(io, options, (made) => ({ documents: [made.renovate()], isJson: true })));
}

type MakePolicy = (made: ClientConfiguration, options: MutatingPolicyOptions) => ConfigFile;

function policyOptions({ name, failurePolicy, excludeNamespaces }: PolicyOptions): MutatingPolicyOptions {
  // Without a value the option is true, not an empty list.
  const excludedNamespaces = (excludeNamespaces as unknown) === true ? [] : excludeNamespaces;
  return { name, failurePolicy, excludedNamespaces };
}

function print(io: Io, options: ConfigOptions, make: (made: ClientConfiguration) => ConfigFile): void {
  const { documents, isJson = false } = made(readMap(io, options), make);
  io.stdout.write(
    isJson || options.json === true
      ? `${JSON.stringify(documents.length === 1 ? documents[0] : listOf(documents), undefined, 2)}\n`
      : documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n"),
  );
}

/** Objects as one, which kubectl applies. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
function listOf(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

function made(map: { readonly [name: string]: string }, make: (made: ClientConfiguration) => ConfigFile): ConfigFile {
  try {
    return make(ClientConfiguration.fromRegistryMap(map));
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new CommandError(error.message);
    }
    throw error;
  }
}
