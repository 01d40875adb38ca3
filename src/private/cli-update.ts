import { ADDRESS, CURRENT_PARAMETERS } from "./overridden-stack";
import type { OverrideFacts, PlanCondition } from "./overridden-stack";

// What runs where Terraform applies. It works on the stack's ARN, which credentials of another account do not reach, and
// contains no dollar-brace, which Terraform would read as its own.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/update-stack.html
const SCRIPT = `
set -eu
fail() { printf '%s\\n' "$*" >&2; exit 1; }
stack() { operation=$1; shift; aws cloudformation "$operation" --region "$REGION" --stack-name "$STACK" "$@"; }
status() { stack describe-stacks --output text --query "Stacks[0].StackStatus"; }
value() { stack describe-stacks --output text --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue | [0]"; }
# The shell drops newlines at the end of what a command prints: a dot keeps them.
is() { [ "$(value "$1"; echo .)" = "$(printf '%s\\n.' "$2")" ]; }
reasons() {
  stack describe-stack-events --output text \\
    --query "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason] | [0:10]"
}
finish() {
  aws cloudformation wait stack-update-complete --region "$REGION" --stack-name "$STACK" ||
    fail "The update of $STACK did not complete, and the stack is now $(status): $(reasons)"
}

command -v aws >/dev/null || fail "The AWS CLI is not on PATH: install it where Terraform applies."
now=$(status)
while case $now in *_IN_PROGRESS) ;; *) false ;; esac; do
  sleep 5
  now=$(status)
done
if AS_DECLARED; then
  echo "The parameters are as declared already."
  exit 0
fi
set -- --use-previous-template --parameters "$PARAMETERS"
if [ -n "$CAPABILITIES" ]; then set -- "$@" --capabilities $CAPABILITIES; fi
answer=$(stack update-stack "$@" 2>&1) ||
  case $answer in *"No updates are to be performed"*) exit 0 ;; *) fail "$answer" ;; esac
finish
echo "The parameters are as declared, and everything else is as it was."
`;

/** The arguments of a `local-exec` provisioner that has the AWS CLI set the values and leave all other parameters. */
export function cliUpdate(): object {
  const asDeclared = `\${join(" && ", [for name in keys(${ADDRESS.values}) : "is \${name} \\"$VALUE_\${name}\\""])}`;
  const others = `[for name in keys(${CURRENT_PARAMETERS}) : { ParameterKey = name, UsePreviousValue = true } if !contains(keys(${ADDRESS.values}), name)]`;
  const own = `[for name, value in ${ADDRESS.values} : { ParameterKey = name, ParameterValue = value }]`;
  const settings = {
    STACK: `${ADDRESS.current}.id`,
    REGION: `split(":", ${ADDRESS.current}.id)[3]`,
    CAPABILITIES: `join(" ", ${ADDRESS.current}.capabilities)`,
    PARAMETERS: `jsonencode(concat(${others}, ${own}))`,
  };
  const written = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return {
    interpreter: ["/bin/sh", "-c"],
    command: SCRIPT.trim().replace("AS_DECLARED", () => asDeclared),
    quiet: true,
    environment: `\${merge({ ${written.join(", ")} }, { for name, value in ${ADDRESS.values} : "VALUE_\${name}" => value })}`,
  };
}

/** An assertion that the parameters are as declared, once an update has set them. */
export function asDeclared({ stackName, wording }: OverrideFacts): PlanCondition {
  // The module has none of it where Terraform adopts the stack.
  const differs = `anytrue([for stack in ${ADDRESS.afterUpdate}[*] : lookup(stack.parameters, name, "") != value])`;
  const others = `[for name, value in ${ADDRESS.values} : name if ${differs}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `Somebody has changed these parameters of the stack ${stackName} since: \${join(", ", ${others})}. To set them again: ${wording.setAgain}`,
  };
}
