import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { text } from "node:stream/consumers";

/** What a program printed, and what it ended with. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Answers a command, from its arguments and the AWS variables of its environment. */
export type Answer = (args: string[], env: NodeJS.ProcessEnv) => Promise<Ended>;

// A process that loads the SDK or the test's own code would cost half a second for each of many commands.
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
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("AWS_")));
request.end(JSON.stringify({ args: process.argv.slice(3), env }));
`;

/** Writes a program into a folder, for other processes to run; this process answers its commands as long as it runs. */
export function writeAnsweredCommand(folder: string, name: string, answer: Answer): void {
  const [client, socket] = [path.join(folder, "client.js"), path.join(folder, "socket")];
  const server = http.createServer((request, response) => {
    void text(request)
      .then((body) => JSON.parse(body) as { readonly args: string[]; readonly env: NodeJS.ProcessEnv })
      .then(({ args, env }) => answer(args, env))
      .catch((error: unknown): Ended => ({ stdout: "", stderr: `${String(error)}\n`, exitCode: 1 }))
      .then((ended) => response.end(JSON.stringify(ended)));
  });
  // The server does not keep this process from ending.
  server.listen(socket).unref();
  fs.writeFileSync(client, CLIENT);
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${client}' '${socket}' "$@"\n`, {
    mode: 0o755,
  });
}
