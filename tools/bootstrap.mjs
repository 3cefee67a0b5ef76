// The way in: plain JavaScript for any Node.js from 18 on and with nothing installed yet. Checks the machine, installs
// the packages when they are missing or stale, then hands over to the launcher on the project's own Node.js 24.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');

function fail(message) {
  console.error(`souk: ${message}`);
  process.exit(1);
}

function checkMachine() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18)
    fail(`Node.js ${process.versions.node} is too old: install 18 or later (24 is fetched by itself)`);
  if (process.platform === 'win32') fail('Windows is not supported: use WSL 2');
}

/** True when every package of the lockfile that belongs on this machine is there in the locked version. */
function isInstalled() {
  const locked = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(path.join(modules, '.package-lock.json'));
  if (locked === undefined) fail('package-lock.json is missing or broken: restore it from version control');
  if (installed === undefined) return false;
  return Object.entries(locked).every(([name, entry]) => {
    if (name === '') return true;
    const found = installed[name];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.log('Installing packages …');
  // Not `npm ci`: it refuses a lockfile that lacks optional packages of platforms that its registry did not carry.
  // Versions and integrity are those of the lockfile all the same, and nothing is written but node_modules.
  const options = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
  const npm = spawnSync('npm', options, { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] });
  if (npm.error !== undefined) fail(`npm could not be run: ${npm.error.message}`);
  if (npm.status !== 0) fail('npm install failed; its own message is above');
}

/** The Node.js to run everything with: the one that came as a package, else this one if it is new enough. */
function findNode() {
  const own = path.join(modules, '.bin', 'node');
  if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 9)) return process.execPath;
  return fail(
    `no Node.js 24 came with the packages for ${process.platform}-${process.arch}: install 24.9 or later`,
  );
}

checkMachine();
if (!isInstalled()) install();
const node = findNode();
const compileCache = path.join(root, '.souk', 'compile-cache');
mkdirSync(compileCache, { recursive: true });

const launcher = spawn(node, [path.join(root, 'tools/launcher/main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  // The channel tells the launcher when this process is gone, however it went.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: compileCache,
    PATH: [path.join(modules, '.bin'), process.env.PATH ?? ''].join(path.delimiter),
  },
});
// Ctrl-C reaches the launcher by itself; we stay until it has put everything away.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => launcher.kill('SIGTERM'));
process.on('SIGHUP', () => launcher.kill('SIGHUP'));
launcher.once('error', (error) => fail(`the launcher could not be started: ${error.message}`));
launcher.once('exit', (code, signal) => process.exit(signal === null ? code : 1));
