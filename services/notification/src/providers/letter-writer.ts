import { exponentOf, type Money } from '@souk/kernel';
import type { Writer } from '../app/ports.ts';
import type { Content, Item, Line } from '../domain/content.ts';
import type { Templates, Variables } from './templates.ts';

/** Lines that a mail shows; of longer orders it says how many more there are. */
const MOST_LINES = 50;
const DEFAULT_LOCALES: Readonly<Record<string, string>> = { en: 'en-GB', de: 'de-DE' };

/** Writes letters with templates in the reader's language, money and dates as the reader's country writes them. */
export function letterWriter(templates: Templates, shop: string, shopUrl: string): Writer {
  return {
    write(content, { name, locale }, secret) {
      const language = templates.languageFor(content.template, locale);
      const variables = {
        ...variablesOf(content, formatLocale(locale, language), shopUrl),
        ...(secret === undefined ? {} : { link: linkOf(shopUrl, content.template, secret) }),
      };
      return templates.render(content.template, language, { shop, name, ...variables });
    },
  };
}

/** The page that takes a secret. It stands in the fragment, which browsers do not send, so that it is in no server's log. */
function linkOf(shopUrl: string, page: string, secret: string): string {
  const url = new URL(`/${page}`, shopUrl);
  url.hash = `token=${secret}`;
  return url.href;
}

/** The page on which the SKU is found. */
function searchFor(shopUrl: string, sku: string): string {
  const url = new URL('/search', shopUrl);
  url.searchParams.set('query', sku);
  return url.href;
}

function variablesOf(content: Content, locale: string, shopUrl: string): Variables {
  const amount = (money: Money): string => formatMoney(money, locale);
  switch (content.template) {
    case 'welcome':
    case 'registration-repeated':
    case 'password-changed':
    case 'confirm-email':
    case 'reset-password':
      return {};
    case 'back-in-stock':
      return { sku: content.sku, link: searchFor(shopUrl, content.sku) };
    case 'order-confirmed':
      return {
        ...orderVariables(content, amount),
        orderDate: dateFormat(locale).format(content.orderTime),
        subtotal: amount(content.subtotal),
        discount: content.discount.isZero ? '' : amount(content.discount.negate()),
        tax: amount(content.tax),
        total: amount(content.total),
      };
    case 'order-expired':
      return { orderId: content.orderId };
    case 'order-shipped':
      return {
        ...parcelVariables(content),
        carrier: content.carrier,
        trackingNumber: content.trackingNumber,
        trackingUrl: webAddress(content.trackingUrl),
      };
    case 'order-delivered':
      return parcelVariables(content);
    case 'order-edited':
      return editVariables(content, amount);
    case 'order-cancelled':
    case 'order-lines-cancelled':
    case 'return-refunded':
      return { ...orderVariables(content, amount), refund: amount(content.refund) };
  }
}

function orderVariables(
  { orderId, lines }: { readonly orderId: string; readonly lines: readonly Line[] },
  amount: (money: Money) => string,
): Variables {
  return { orderId, lines: shown(lines, amount), otherLines: othersThan(lines) };
}

function parcelVariables({ orderId, lines }: { orderId: string; lines: readonly Item[] }): Variables {
  return { orderId, lines: lines.slice(0, MOST_LINES), otherLines: othersThan(lines) };
}

function editVariables(
  { orderId, added, removed, difference }: Extract<Content, { template: 'order-edited' }>,
  amount: (money: Money) => string,
): Variables {
  return {
    orderId,
    added: shown(added, amount),
    otherAdded: othersThan(added),
    removed: shown(removed, amount),
    otherRemoved: othersThan(removed),
    toPay: difference.minor > 0n ? amount(difference) : '',
    refund: difference.minor < 0n ? amount(difference.negate()) : '',
  };
}

function shown(lines: readonly Line[], amount: (money: Money) => string): Variables[] {
  return lines
    .slice(0, MOST_LINES)
    .map(({ title, sku, quantity, total }) => ({ title, sku, quantity, total: amount(total) }));
}

function othersThan(lines: readonly unknown[]): number {
  return Math.max(0, lines.length - MOST_LINES);
}

// Whoever packs a parcel types this; a link in a mail must lead to a page and do nothing else.
function webAddress(text: string): string {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : '';
}

/** The reader's own locale when the letter is in its language, else a usual one of the letter's language. */
function formatLocale(locale: string, language: string): string {
  const usual = DEFAULT_LOCALES[language] ?? language;
  try {
    const [own] = Intl.getCanonicalLocales(locale.replaceAll('_', '-'));
    return own !== undefined && own.includes('-') && own.split('-')[0] === language ? own : usual;
  } catch {
    return usual;
  }
}

/** An amount as a country writes it, exact to the minor unit. */
export function formatMoney(money: Money, locale: string): string {
  const [decimal = ''] = money.toString().split(' ');
  if (!isDecimal(decimal)) throw new RangeError('not an amount');
  return moneyFormat(locale, money.currency).format(decimal);
}

// A format costs far more to make than to use. Locales come from buyers: only so many are kept.
const MOST_FORMATS = 200;
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const moneyFormats = new Map<string, Intl.NumberFormat>();

function dateFormat(locale: string): Intl.DateTimeFormat {
  return kept(
    dateFormats,
    locale,
    () => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
  );
}

function moneyFormat(locale: string, currency: string): Intl.NumberFormat {
  const digits = exponentOf(currency);
  const options = {
    style: 'currency',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return kept(
    moneyFormats,
    `${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { ...options, currency }),
  );
}

function kept<T>(formats: Map<string, T>, key: string, make: () => T): T {
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const made = make();
  formats.set(key, made);
  return made;
}

// Intl is exact for decimals in strings; a number would be rounded to 53 bits.
function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text);
}
