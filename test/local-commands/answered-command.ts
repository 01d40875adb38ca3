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

/** What else a command is given. */
export interface Given {
  readonly cwd: string;
  /** What it reads where an argument says so: `--password-stdin`, `file:///dev/stdin`, a last `-`. */
  readonly stdin: string;
}

/** Answers a command, from its arguments and the AWS variables of its environment. */
export type Answer = (args: string[], env: NodeJS.ProcessEnv, given: Given) => Promise<Ended>;

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
const args = process.argv.slice(3);
const reads = ["--password-stdin", "file:///dev/stdin"].some((word) => args.includes(word)) || args.at(-1) === "-";
const stdin = reads ? require("node:fs").readFileSync(0, "utf8") : "";
request.end(JSON.stringify({ args, env, given: { cwd: process.cwd(), stdin } }));
`;

/** Writes a program into a folder, for other processes to run; this process answers its commands as long as it runs. */
export function writeAnsweredCommand(folder: string, name: string, answer: Answer): void {
  const [client, socket] = [path.join(folder, `${name}.js`), path.join(folder, `${name}.socket`)];
  const server = http.createServer((request, response) => {
    void text(request)
      .then(
        (body) =>
          JSON.parse(body) as { readonly args: string[]; readonly env: NodeJS.ProcessEnv; readonly given: Given },
      )
      .then(({ args, env, given }) => answer(args, env, given))
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
