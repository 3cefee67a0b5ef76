import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeholdersFor, render, type ServiceNames } from './names.ts';

const templates = fileURLToPath(new URL('./templates', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where each part of the template goes. */
function destination(template: string, { name }: ServiceNames): string {
  const file = template.replace(/\.template$/, '').replaceAll('__name__', name);
  return file.startsWith('proto/')
    ? join(
        root,
        'proto',
        'souk',
        name.replaceAll('-', '_'),
        'v1',
        file.slice('proto/'.length).replaceAll('-', '_'),
      )
    : join(root, 'services', name, file);
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
}

const [, , given] = process.argv;
const names = placeholdersFor(given);
if (names === undefined) {
  console.error(
    'usage: npm run new:service -- NAME   (lower-case letters; one word, for example `wishlist`)',
  );
  process.exit(2);
}
if (existsSync(join(root, 'services', names.name))) {
  console.error(`services/${names.name} exists already`);
  process.exit(1);
}

for (const template of filesBelow(templates)) {
  const target = destination(template, names);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, render(readFileSync(join(templates, template), 'utf8'), names));
  console.log(`  ${target.slice(root.length)}`);
}

// The workspace must be linked before its contract can be generated and its test be run.
execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
execFileSync('npm', ['run', 'gen'], { cwd: root, stdio: 'inherit' });
console.log(`\nservices/${names.name} is there. Next: npm test -- services/${names.name}, then npm start.`);
