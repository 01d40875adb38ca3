/** The repositories that exist, and the policies that they lack, as Terraform sees them. */
export interface ExistingRepositories {
  /** Literals, or references in `${…}`. */
  readonly accountId: string;
  readonly region: string;
  /** The expression of the names of all repositories of the registry. */
  readonly names: string;
  readonly templates: readonly TemplatePolicy[];
  /** The names of the repositories whose policies Terraform manages. */
  readonly managed: readonly string[];
}

/** The policy of a creation template, and the repositories that the template would have created. */
export interface TemplatePolicy {
  /** The expression of the policy. */
  readonly policy: string;
  /** The start of the repositories' names, and longer starts that belong to other templates. */
  readonly start: string;
  readonly others: readonly string[];
}

/**
 * The Terraform expression of a list of commands, one for each existing repository without a policy of Terraform. A
 * command sets the policy only if AWS answers that the repository has none.
 */
export function setPolicyCommands(existing: ExistingRepositories): string {
  const lists = existing.templates.map((template) => commandsOf(template, existing));
  return `\${flatten([${lists.join(", ")}])}`;
}

function commandsOf(template: TemplatePolicy, { accountId, region, names, managed }: ExistingRepositories): string {
  const { policy, start, others } = template;
  const repository = `--region ${region} --registry-id ${accountId} --repository-name \${name}`;
  const quoted = `replace(${policy}, "'", "'\\\\''")`;
  const command = [
    `aws ecr get-repository-policy ${repository} 2>&1 | grep -q RepositoryPolicyNotFoundException`,
    `aws ecr set-repository-policy ${repository} --policy-text '\${${quoted}}'`,
  ].join(" && ");
  const conditions = [
    `startswith(name, ${JSON.stringify(start)})`,
    ...others.map((other) => `!startswith(name, ${JSON.stringify(other)})`),
    ...(managed.length === 0 ? [] : [`!contains(${JSON.stringify(managed)}, name)`]),
  ];
  // The names are null in a registry without repositories.
  return `[for name in (${names} == null ? [] : sort(${names})) : "${command} || echo '\${name}: not changed' >&2" if ${conditions.join(" && ")}]`;
}
