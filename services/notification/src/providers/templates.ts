import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { z } from 'zod';
import type { Letter } from '../app/ports.ts';
import type { Template } from '../domain/content.ts';

const FOLDER = join(import.meta.dirname, 'templates');
const FALLBACK = 'en';

const everywhere = ['shop', 'name', 'language'];
const item = ['title', 'sku', 'quantity'];
const line = [...item, 'total'];
const parcel = [...everywhere, ...item, 'orderId', 'lines', 'otherLines'];
const order = [...everywhere, ...line, 'orderId', 'lines', 'otherLines'];

/** The variables that each template may use; a template that uses another one keeps the service from starting. */
const VARIABLES: Readonly<Record<Template, readonly string[]>> = {
  welcome: everywhere,
  'registration-repeated': everywhere,
  'password-changed': everywhere,
  'back-in-stock': [...everywhere, 'sku', 'link'],
  'confirm-email': [...everywhere, 'link'],
  'reset-password': [...everywhere, 'link'],
  'order-confirmed': [...order, 'orderDate', 'subtotal', 'discount', 'tax'],
  'order-cancelled': [...order, 'refund'],
  'order-lines-cancelled': [...order, 'refund'],
  'order-expired': [...everywhere, 'orderId'],
  'order-shipped': [...parcel, 'carrier', 'trackingNumber', 'trackingUrl'],
  'order-delivered': parcel,
  'order-edited': [
    ...everywhere,
    ...line,
    ...['orderId', 'added', 'otherAdded', 'removed', 'otherRemoved', 'toPay', 'refund'],
  ],
  'return-refunded': [...order, 'refund'],
};

/** Values of variables, ready to be read; markup in them is escaped. */
export type Variables = Readonly<Record<string, unknown>>;

/** Templates by name and language. */
export interface Templates {
  /** The language that a template is used in for a reader: that of the locale, or English. */
  languageFor(template: Template, locale: string): string;
  render(template: Template, language: string, variables: Variables): Letter;
}

interface Compiled {
  readonly text: Handlebars.TemplateDelegate;
  readonly html: Handlebars.TemplateDelegate;
}

/**
 * Reads the templates `<name>.<language>.html.hbs` and `<name>.<language>.text.hbs`; the first line of the text is the subject.
 *
 * @throws Error if a template is missing in English, lacks a form, or uses a variable that it is not given.
 */
export function loadTemplates(folder: string = FOLDER): Templates {
  const engine = Handlebars.create();
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  engine.registerPartial('layout', read('layout.html.hbs'));
  const files = new Set(readdirSync(folder));
  const byName = new Map<Template, ReadonlyMap<string, Compiled>>();
  for (const name of names) {
    const languages = new Map<string, Compiled>();
    for (const file of files) {
      const [template, language, ...rest] = file.split('.');
      if (template !== name || language === undefined || rest.join('.') !== 'text.hbs') continue;
      const compile = (form: 'text' | 'html'): Handlebars.TemplateDelegate => {
        const source = read(`${name}.${language}.${form}.hbs`);
        refuseUnknownVariables(`${name}.${language}.${form}`, source, VARIABLES[name]);
        return engine.compile(source, { strict: true, knownHelpersOnly: true, noEscape: form === 'text' });
      };
      languages.set(language, { text: compile('text'), html: compile('html') });
    }
    if (!languages.has(FALLBACK)) throw new Error(`there is no template ${name} in ${FALLBACK}`);
    byName.set(name, languages);
  }

  return {
    languageFor(template, locale) {
      const [language = ''] = locale.toLowerCase().split(/[-_]/);
      return byName.get(template)?.has(language) === true ? language : FALLBACK;
    },
    render(template, language, variables) {
      const compiled = byName.get(template)?.get(language);
      if (compiled === undefined) throw new Error(`there is no template ${template} in ${language}`);
      const given = { ...variables, language };
      const [subject = '', ...text] = compiled.text(given).split('\n');
      return { subject: subject.trim(), text: text.join('\n').trim(), html: compiled.html(given) };
    },
  };
}

const names = z
  .array(
    z.enum([
      'welcome',
      'registration-repeated',
      'password-changed',
      'back-in-stock',
      'confirm-email',
      'reset-password',
      'order-confirmed',
      'order-cancelled',
      'order-lines-cancelled',
      'order-expired',
      'order-shipped',
      'order-delivered',
      'order-edited',
      'return-refunded',
    ]),
  )
  .parse(Object.keys(VARIABLES));

function refuseUnknownVariables(name: string, source: string, known: readonly string[]): void {
  const used = new Set<string>();
  class Collector extends Handlebars.Visitor {
    override PathExpression(path: hbs.AST.PathExpression): void {
      if (!path.data) used.add(path.original);
    }
  }
  new Collector().accept(Handlebars.parse(source));
  const unknown = [...used].filter((variable) => !known.includes(variable) && !BLOCKS.has(variable));
  if (unknown.length > 0) throw new Error(`template ${name} uses unknown variables: ${unknown.join(', ')}`);
}

const BLOCKS = new Set(['if', 'unless', 'each', 'layout']);
