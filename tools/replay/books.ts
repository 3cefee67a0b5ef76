/** Sums of sales; amounts in pence, without tax unless they say otherwise. */
export interface Figures {
  readonly orders: number;
  readonly units: number;
  readonly returnedUnits: number;
  readonly gross: number;
  readonly discount: number;
  /** Given back, without tax. */
  readonly refund: number;
  /** `gross - discount - refund`. */
  readonly net: number;
  /** Charged less given back. */
  readonly tax: number;
}

/** The names of the figures, in the order of a report. */
export const FIGURES = [
  'orders',
  'units',
  'returnedUnits',
  'gross',
  'discount',
  'refund',
  'net',
  'tax',
] as const;

/** No sales. */
const NOTHING: Figures = {
  orders: 0,
  units: 0,
  returnedUnits: 0,
  gross: 0,
  discount: 0,
  refund: 0,
  net: 0,
  tax: 0,
};

/** Sums of sales by day and SKU, and orders by day. */
export class Books {
  /** By `day sku`. */
  readonly cells = new Map<string, Figures>();
  /** Orders by day. */
  readonly ordersByDay = new Map<string, number>();

  /** Books a sold line. An order counts once in each cell in which it has a line. */
  sell(
    day: string,
    sku: string,
    line: { quantity: number; gross: number; discount: number; tax: number },
  ): void {
    this.add(day, sku, {
      orders: 1,
      units: line.quantity,
      gross: line.gross,
      discount: line.discount,
      net: line.gross - line.discount,
      tax: line.tax,
    });
  }

  /** Books units that came back. */
  takeBack(day: string, sku: string, line: { quantity: number; net: number; tax: number }): void {
    this.add(day, sku, { returnedUnits: line.quantity, refund: line.net, net: -line.net, tax: -line.tax });
  }

  /** Counts an order. */
  countOrder(day: string, orders = 1): void {
    this.ordersByDay.set(day, (this.ordersByDay.get(day) ?? 0) + orders);
  }

  /** Adds figures to a cell. */
  add(day: string, sku: string, figures: Partial<Figures>): void {
    const key = `${day} ${sku}`;
    this.cells.set(key, plus(this.cells.get(key) ?? NOTHING, figures));
  }

  /** The sums over everything; orders are those counted by day. */
  totals(): Figures {
    const sums = [...this.cells.values()].reduce(plus, NOTHING);
    return { ...sums, orders: [...this.ordersByDay.values()].reduce((sum, orders) => sum + orders, 0) };
  }

  /** These books without what was in others before. */
  since(before: Books): Books {
    const books = new Books();
    for (const [key, figures] of this.cells) books.cells.set(key, figures);
    for (const [key, figures] of before.cells) {
      const negative = Object.fromEntries(FIGURES.map((name) => [name, -figures[name]]));
      books.cells.set(key, plus(books.cells.get(key) ?? NOTHING, negative));
    }
    for (const [day, orders] of this.ordersByDay) books.countOrder(day, orders);
    for (const [day, orders] of before.ordersByDay) books.countOrder(day, -orders);
    return books;
  }
}

/** The days of books whose figures differ, one text a difference: `2010-12-01 85123A gross 295 ≠ 255`. */
export function differences(expected: Books, found: Books): string[] {
  const texts: string[] = [];
  for (const key of new Set([...expected.cells.keys(), ...found.cells.keys()])) {
    const a = expected.cells.get(key) ?? NOTHING;
    const b = found.cells.get(key) ?? NOTHING;
    for (const name of FIGURES) if (a[name] !== b[name]) texts.push(`${key} ${name} ${a[name]} ≠ ${b[name]}`);
  }
  for (const day of new Set([...expected.ordersByDay.keys(), ...found.ordersByDay.keys()])) {
    const a = expected.ordersByDay.get(day) ?? 0;
    const b = found.ordersByDay.get(day) ?? 0;
    if (a !== b) texts.push(`${day} orders ${a} ≠ ${b}`);
  }
  return texts.sort();
}

/** The day of a time, in UTC: the shop's hours keep clear of midnight in the merchant's zone. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function plus(a: Figures, b: Partial<Figures>): Figures {
  return {
    orders: a.orders + (b.orders ?? 0),
    units: a.units + (b.units ?? 0),
    returnedUnits: a.returnedUnits + (b.returnedUnits ?? 0),
    gross: a.gross + (b.gross ?? 0),
    discount: a.discount + (b.discount ?? 0),
    refund: a.refund + (b.refund ?? 0),
    net: a.net + (b.net ?? 0),
    tax: a.tax + (b.tax ?? 0),
  };
}
