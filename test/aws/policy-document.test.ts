import { Token } from "cdktf";
import { extendedLength, policyLength } from "../../src/aws/policy-document";

test("the length of a policy is that of its document, without spaces", () => {
  const statement = { Effect: "Allow", Action: "*", Resource: "*" } as const;
  const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  expect(policyLength(statement)).toBe(document.length);
  expect(extendedLength(document, [statement])).toBe(document.length + JSON.stringify(statement).length + 1);
});

test("the length of a policy counts an expression as the twelve digits of an account", () => {
  const lengthFor = (account: string) =>
    policyLength({ Effect: "Allow", Action: "*", Resource: "*", Principal: { AWS: account } });
  const length = lengthFor("111122223333");
  expect(lengthFor("${data.aws_caller_identity.current.account_id}")).toBe(length);
  expect(lengthFor(Token.asString({ name: "account" }))).toBe(length);
});
