import { spawn } from 'node:child_process';

/** How a tool is run. */
export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the tool as this user and group (root only). */
  readonly uid?: number;
  /** Text given on standard input. */
  readonly input?: string;
  /** Puts everything that the tool wrote into the error, not its last lines alone. */
  readonly keepOutput?: boolean;
}

/**
 * Runs a tool to its end and returns what it printed.
 *
 * @throws Error with the command and the last lines it wrote, when it fails or is not installed.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin?.end(options.input);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', (error) => {
    reject(new Error(`${command} could not be run: ${error.message}`));
  });
  child.once('close', resolve);
  const code = await promise;
  if (code === 0) return output;
  const said =
    options.keepOutput === true ? `\n${output}${errors}` : lastLines(errors.trim() || output.trim());
  throw new Error(`${command} ${args[0] ?? ''} failed (${String(code)}): ${said}`);
}

function lastLines(text: string): string {
  return text.split('\n').slice(-3).join(' | ');
}
