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
  /** True if the option has no value. */
  readonly excludeNamespaces?: string[] | true;
}

/** Adds the commands that print the configuration of a client. */
export function addConfig(program: Command, io: Io): void {
  const config = program
    .command("config")
    .summary("print the configuration of a client")
    .description("Prints the configuration of a client that pulls through the cache. It makes no call to AWS.");
  addKind(
    config,
    "mutating-admission-policy",
    "a MutatingAdmissionPolicy of Kubernetes and its binding",
    addPolicyOptions,
  ).action((options: PolicyOptions) =>
    print(io, options, (configuration) => configuration.mutatingAdmissionPolicy(policyOptions(options))),
  );
  addKind(config, "kyverno", "a MutatingPolicy of Kyverno", addPolicyOptions).action((options: PolicyOptions) =>
    print(io, options, (configuration) => [configuration.kyvernoMutatingPolicy(policyOptions(options))]),
  );
  addKind(config, "kustomize", "a component of Kustomize with the field images")
    .argument("<image...>", "names of images, as manifests have them")
    .action((images: string[], options: ConfigOptions) =>
      print(io, options, (configuration) => [configuration.kustomizeComponent(images)]),
    );
  addKind(config, "helm", "values for charts with global.imageRegistry")
    .argument("<registry>", "the registry of all images of the chart, like docker.io")
    .action((registry: string, options: ConfigOptions) =>
      print(io, options, (configuration) => [configuration.helmValues(registry)]),
    );
  addKind(config, "renovate", "settings of Renovate, always as JSON").action((options: ConfigOptions) =>
    print(io, { ...options, json: true }, (configuration) => [configuration.renovate()]),
  );
}

function addKind(
  config: Command,
  name: string,
  summary: string,
  addOptions: (command: Command) => Command = (command) => command,
): Command {
  const command = config.command(name).summary(summary).description(`Prints ${summary}.`);
  return addOptions(addMapOptions(command)).option("--json", "print JSON in place of YAML");
}

function addPolicyOptions(command: Command): Command {
  return command
    .option("--name <name>", "the name of the policy (default: ecr-pull-through-cache)")
    .option("--failure-policy <policy>", "Ignore or Fail, if an expression fails (default: Ignore)")
    .option(
      "--exclude-namespaces [namespaces...]",
      "namespaces whose pods keep their images, with spaces between them, in place of kube-system; none without a value",
    );
}

function policyOptions({ name, failurePolicy, excludeNamespaces }: PolicyOptions): MutatingPolicyOptions {
  return { name, failurePolicy, excludedNamespaces: excludeNamespaces === true ? [] : excludeNamespaces };
}

/** Prints the objects that a configuration consists of: a YAML document for each, or one JSON value. */
function print(io: Io, options: ConfigOptions, make: (configuration: ClientConfiguration) => readonly object[]): void {
  const map = readMap(io, options);
  let objects;
  try {
    objects = make(ClientConfiguration.fromRegistryMap(map));
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(inWordsOfOptions(error.message)) : error;
  }
  // kubectl applies a List: https://kubernetes.io/docs/reference/using-api/api-concepts/
  const whole = objects.length === 1 ? objects[0] : { apiVersion: "v1", kind: "List", items: objects };
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(whole, undefined, 2)}\n`
      : objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n"),
  );
}

/** How the command line has what an error of `ClientConfiguration` names. */
const WORDS: { readonly [prop: string]: string } = {
  name: "--name",
  failurePolicy: "--failure-policy",
  excludedNamespaces: "--exclude-namespaces",
  domain: "<registry>",
  images: "<image...>",
};

function inWordsOfOptions(message: string): string {
  return message
    .replace(/^ClientConfiguration: /, "")
    .replace(/`(\w+)(?:\[\d+\])?` (?=must|is)/g, (text, prop: string) => (prop in WORDS ? `${WORDS[prop]} ` : text));
}
