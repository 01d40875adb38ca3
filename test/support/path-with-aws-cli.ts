import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { runAwsCli } from "./aws-cli";
import { temporaryFolder } from "./temporary-folder";

// A process of its own with the SDK in it would cost half a second for each of the dozen commands of an update.
const CLIENT = `
const request = require("node:http").request({ socketPath: process.argv[2], method: "POST" }, (response) => {
  const chunks = [];
  response.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    const { stdout, stderr, exitCode } = JSON.parse(Buffer.concat(chunks));
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  });
});
const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const env = { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
request.end(JSON.stringify({ args: process.argv.slice(3), env }));
`;

/** A PATH on which `aws` is what stands in for the AWS CLI, run by this process. */
export function pathWithAwsCli(): string {
  const folder = temporaryFolder();
  const [client, socket] = [path.join(folder, "client.js"), path.join(folder, "socket")];
  const server = http.createServer((request, response) => {
    void text(request)
      .then((body) => JSON.parse(body) as { readonly args: string[]; readonly env: NodeJS.ProcessEnv })
      .then(({ args, env }) => runAwsCli(args, env))
      .then((ended) => response.end(JSON.stringify(ended)));
  });
  // It ends with this process.
  server.listen(socket).unref();
  fs.writeFileSync(client, CLIENT);
  fs.writeFileSync(path.join(folder, "aws"), `#!/bin/sh\nexec '${process.execPath}' '${client}' '${socket}' "$@"\n`, {
    mode: 0o755,
  });
  // Who waits for AWS waits for what takes no time here, unless SLEEP says how many seconds.
  fs.writeFileSync(path.join(folder, "sleep"), '#!/bin/sh\nexec /bin/sleep "${SLEEP:-0.2}"\n', { mode: 0o755 });
  return [folder, process.env["PATH"]].join(path.delimiter);
}
