import { ADDRESS } from "./expressions";
import { AUTO_EXPAND } from "./rules";

/**
 * Makes the AWS CLI update the stack, where Terraform applies. It uses the stack's ARN, so credentials of another account
 * fail, and contains no dollar-brace, which Terraform would evaluate.
 * https://docs.aws.amazon.com/cli/latest/reference/cloudformation/update-stack.html
 */
export const UPDATE_PROGRAM = `set -eu
fail() { printf '%s\\n' "$*" >&2; exit 1; }
stack() { operation=$1; shift; aws cloudformation "$operation" --region "$REGION" --stack-name "$STACK" "$@"; }
described() { stack describe-stacks --output text --query "Stacks[0].$1"; }
value() { described "Parameters[?ParameterKey=='$1'].ParameterValue | [0]"; }
# The shell drops newlines at the end of what a command prints: a dot keeps them.
is() { [ "$(value "$1"; echo .)" = "$(printf '%s\\n.' "$2")" ]; }
as_declared() {
  for name in $NAMES; do
    eval "wanted=\\$VALUE_$name"
    is "$name" "$wanted" || return 1
  done
}
reasons() {
  stack describe-stack-events --output text \\
    --query "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason] | [0:10]"
}
# Waits until no operation is in progress.
settle() {
  end=$(($(date +%s) + 60 * MINUTES))
  now=$(described StackStatus)
  while case $now in *_IN_PROGRESS) ;; *) false ;; esac; do
    [ "$now" != REVIEW_IN_PROGRESS ] ||
      fail "$STACK is in REVIEW_IN_PROGRESS: somebody must execute the change set that creates its resources."
    [ "$(date +%s)" -lt "$end" ] || fail "$STACK is still in $now after $MINUTES minutes: $1"
    sleep 5
    now=$(described StackStatus)
  done
}

command -v aws >/dev/null || fail "The AWS CLI is not on PATH: install it where Terraform applies."
answer=$(described StackStatus 2>&1) ||
  fail "The AWS CLI cannot read $STACK with the credentials of the environment, which must be for its account: $answer"
settle "nothing has been changed."
if as_declared; then
  echo "The parameters are as declared already."
  exit 0
fi
# The stack's parameters now, not in the plan: an omitted parameter would get its default.
all=$(described "Parameters[].ParameterKey")
others=
for name in $all; do
  case " $NAMES " in
    *" $name "*) ;;
    *) others="$others{\\"ParameterKey\\":\\"$name\\",\\"UsePreviousValue\\":true}," ;;
  esac
done
capabilities=$(described "Capabilities[]")
case $capabilities in None) capabilities= ;; esac
transforms=$(stack get-template-summary --output text --query "DeclaredTransforms[]")
case $capabilities in
  *${AUTO_EXPAND}*) ;;
  *) case $transforms in "" | None) ;; *) capabilities="$capabilities ${AUTO_EXPAND}" ;; esac ;;
esac
set -- --use-previous-template --parameters "[$others$PARAMETERS]"
case $capabilities in "") ;; *) set -- "$@" --capabilities $capabilities ;; esac
answer=$(stack update-stack "$@" 2>&1) ||
  case $answer in *"No updates are to be performed"*) exit 0 ;; *) fail "$answer" ;; esac
settle "the update continues, and the next plan shows its result."
[ "$now" = UPDATE_COMPLETE ] ||
  fail "The update of $STACK did not complete, and the stack is now $now: $(reasons)"
echo "The parameters are as declared, and nothing else has changed."
`;

/**
 * The arguments of a `local-exec` provisioner that makes the AWS CLI set the values and keep all other parameters, and wait
 * at most so many minutes, given as an expression. The script is in an environment variable: Terraform begins an error
 * with the whole command, which would hide the reason.
 */
export function cliUpdate(minutes: string): object {
  const own = `[for name, value in ${ADDRESS.values} : jsonencode({ ParameterKey = name, ParameterValue = value })]`;
  const settings = {
    UPDATE: JSON.stringify(UPDATE_PROGRAM.trim()),
    STACK: `${ADDRESS.current}.id`,
    REGION: `split(":", ${ADDRESS.current}.id)[3]`,
    MINUTES: minutes,
    NAMES: `join(" ", keys(${ADDRESS.values}))`,
    PARAMETERS: `join(",", ${own})`,
  };
  const written = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return {
    interpreter: ["/bin/sh", "-c"],
    command: 'eval "$UPDATE"',
    quiet: true,
    environment: `\${merge({ ${written.join(", ")} }, { for name, value in ${ADDRESS.values} : "VALUE_\${name}" => value })}`,
  };
}
